"""A managed agent of AgentCore, its endpoint, and the role of an application that may ask it."""
