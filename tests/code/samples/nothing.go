package main

// client := bedrockruntime.NewFromConfig(cfg); client.Converse(ctx, nil)
func main() {
	text := `bedrock.ListFoundationModels(ctx, nil)`
	println(text)
}
