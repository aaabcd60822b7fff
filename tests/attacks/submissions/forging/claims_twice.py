# Sends an answer of its own before the one that it returns.
# costs: bptt_V forbidden
# says: out of turn
# flag: bptt_V sent something other than an answer

import json, os, struct

def send(header, body=b""):
    text = json.dumps([header]).encode()
    for number in range(3, 32):
        try:
            os.write(number, struct.pack("<4sIQ", b"BPT1", len(text), len(body)) + text + body)
        except OSError:
            pass

answer = dO.T @ H
part = {"shape": list(answer.shape), "dtype": "float64", "other": ""}
send({"kind": "value", "call": "bptt_V/plain", "parts": [part]}, answer.tobytes())
return answer
