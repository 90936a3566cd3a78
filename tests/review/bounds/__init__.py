"""Whatever 100 KB come in, a command ends within bounds of time and memory."""
