"""The pages by noun; each module offers a `router`."""
