import os, sys, json
import boto3
import streamlit as st
from botocore.exceptions import ClientError, NoCredentialsError, BotoCoreError

MODELS = [("Nova Lite", "amazon.nova-lite-v1:0"), ("Nova Pro", "amazon.nova-pro-v1:0")]

@st.cache_resource(ttl=3600)
def bedrock(kind="runtime", *, region=os.getenv("AWS_REGION", "us-east-1")):
    return boto3.client("bedrock" if not kind else f"bedrock-{kind}", region_name=region)

def stream(prompt, model):
    resp = bedrock().converse_stream(modelId=model, messages=[{"role": "user", "content": [{"text": prompt}]}])  #> bedrock-runtime ConverseStream
    for event in resp["stream"]:
        if d := event.get("contentBlockDelta"):
            yield d["delta"]["text"]

with st.sidebar:
    label, model = st.selectbox("Model", MODELS, format_func=lambda m: m[0])
    if st.button("Models"):
        st.json(bedrock("").list_foundation_models())  #> bedrock ListFoundationModels
    kbs = {k["name"]: k["knowledgeBaseId"] for k in bedrock("agent").list_knowledge_bases()["knowledgeBaseSummaries"]}  #> bedrock-agent ListKnowledgeBases

if prompt := st.chat_input():
    try:
        st.write_stream(stream(prompt, model))
        if kb := kbs.get(st.session_state.get("kb")):
            r = bedrock(kind="agent-runtime").retrieve(knowledgeBaseId=kb, retrievalQuery={"text": prompt})  #> bedrock-agent-runtime Retrieve
            st.write(r["retrievalResults"])
    except (ClientError, NoCredentialsError) as e:
        st.error(e)
    except BotoCoreError:
        raise
    else:
        bedrock("").apply_guardrail(guardrailIdentifier="g", guardrailVersion="1", source="OUTPUT", content=[])  #> bedrock ApplyGuardrail wrong bedrock-runtime
