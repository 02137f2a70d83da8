"""Ends with 0 if the app says that it is alive; an answer that is no success raises."""

import os
import urllib.request

urllib.request.urlopen(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/live")
