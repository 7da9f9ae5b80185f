"""Offline approvals: who may say yes without the centre, what exactly was said, and what it is worth later.

The root vouches for a policy key, that key for an approver's certificate, the certificate's key for a
statement about one event. The centre's verdict changes authorization and money, never a quantity.
"""

from __future__ import annotations

from app.domain.approvals.approval import Approval
from app.domain.approvals.certificate import CERTIFICATE_TAG, Certificate, Limits
from app.domain.approvals.known import Known, Newer, Presented, Proof, Revoked, Spent
from app.domain.approvals.ladder import POLICY_KEY_TAG, PolicyKey
from app.domain.approvals.reasons import WORDS, Reason, Verdict
from app.domain.approvals.revocation import REVOCATION_TAG, Revocation, RevocationList
from app.domain.approvals.signed import Signed
from app.domain.approvals.statement import (
    OVERRIDES,
    STATEMENT_TAG,
    Action,
    Place,
    Statement,
    action_of,
    body_digest,
    body_shown,
    decider_of,
    needs_word,
    workers_of,
)
from app.domain.approvals.verdict import Judged, Judgement, judge

__all__ = [
    "CERTIFICATE_TAG",
    "OVERRIDES",
    "POLICY_KEY_TAG",
    "REVOCATION_TAG",
    "STATEMENT_TAG",
    "WORDS",
    "Action",
    "Approval",
    "Certificate",
    "Judged",
    "Judgement",
    "Known",
    "Limits",
    "Newer",
    "Place",
    "PolicyKey",
    "Presented",
    "Proof",
    "Reason",
    "Revocation",
    "RevocationList",
    "Revoked",
    "Signed",
    "Spent",
    "Statement",
    "Verdict",
    "action_of",
    "body_digest",
    "body_shown",
    "decider_of",
    "judge",
    "needs_word",
    "workers_of",
]
