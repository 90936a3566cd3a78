import streamlit as st
import boto3


@st.cache_resource
def bedrock():
    return boto3.Session(profile_name="dev").client("bedrock-runtime", region_name="us-east-1")


@st.cache_data(ttl=3600)
def list_models():
    c = boto3.client("bedrock", "us-east-1")
    return [m["modelId"] for m in c.list_foundation_models(byOutputModality="TEXT")["modelSummaries"]]  #> bedrock ListFoundationModels


if "client" not in st.session_state:
    st.session_state.client = bedrock()
    st.session_state["kb"] = boto3.client("bedrock-agent-runtime")

model = st.sidebar.selectbox("model", list_models())
if prompt := st.chat_input():
    stream = st.session_state.client.converse_stream(modelId=model, messages=[])  #> bedrock-runtime ConverseStream
    st.write_stream(x for x in stream["stream"])
    docs = st.session_state["kb"].retrieve(knowledgeBaseId="x", retrievalQuery={"text": prompt})  #> bedrock-agent-runtime Retrieve
