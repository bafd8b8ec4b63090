"""What the product knows: articles, hotlines and fixed first lines, as checked data."""
