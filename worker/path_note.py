"""The name under which the ledger keeps the detected path mapping, for all who read it there."""

DETECTED = "detected_mapping"
