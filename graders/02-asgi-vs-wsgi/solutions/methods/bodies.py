async def pieces(receive):
    """Yield the body's pieces as they arrive."""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        if message.get("body"):
            yield message["body"]
        more = message.get("more_body", False)
