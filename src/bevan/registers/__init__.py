"""The second backbone: what a region runs that isn't about a patient.

A form with versions and its answers, evidence with a review date, decisions by named roles, a
public register, and a ledger of all that was done. Apps bring their forms and courses.
"""

from bevan.registers.course import Course, Step
from bevan.registers.entry import Entry, Event, Evidence
from bevan.registers.form import Form, Question
from bevan.registers.registers import Registers, Stale

__all__ = [
    "Course",
    "Entry",
    "Event",
    "Evidence",
    "Form",
    "Question",
    "Registers",
    "Stale",
    "Step",
]
