"""What the product knows: articles, hotlines, indicators, codes."""
