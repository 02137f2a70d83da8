import http.client
import os

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=3)
connection.request("GET", "/health/live")
print(connection.getresponse().status)
