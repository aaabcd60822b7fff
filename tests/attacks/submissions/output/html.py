# Raises an exception of HTML.
# costs: bptt_V error
# says: <script>

raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)> [click](javascript:alert(1))")
