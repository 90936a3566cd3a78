"""The same app on this library and on its peers: answers from the documents of a bucket.

A bucket, a knowledge base over it with Titan Text Embeddings V2, a guardrail with a version, a role that may
ask (Retrieve, RetrieveAndGenerate with one model, ApplyGuardrail), and a role that may ingest. Each module is
written as the library's README shows it, and nothing in it widens a permission by hand.
"""
