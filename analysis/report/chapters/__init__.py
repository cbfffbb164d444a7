"""One module a chapter; each returns the question, the answer and the parts that prove it."""
