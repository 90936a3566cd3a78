package main

type Client struct{ name string }

func (c *Client) Converse(text string) string { return c.name + text }

func main() {
	c := &Client{name: "x"}
	c.Converse("hello")
	var bedrockruntime = c
	bedrockruntime.Converse("bedrock")
}
