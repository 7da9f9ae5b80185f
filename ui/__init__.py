"""The station's window: draws what a workflow shows, submits what a person does.

PySide6 lives only here.
"""
