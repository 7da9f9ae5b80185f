"""What a route is expected to bring, in words: beside the rule of a unit in the hand, and once saved."""

from __future__ import annotations

from app.domain.money import amount_text
from app.domain.policy import Decision, Policy
from app.domain.policy.routes import Figure, Weighing
from app.workflows.texts import Texts


def rule_words(decision: Decision, texts: Texts) -> str:
    """The rule that decides, with what one unit brings where the policy and the item say it."""
    rule = texts.say("saved.rule", rule=f"{decision.rule}: {decision.rule_name}")
    weighing = decision.weighing
    if weighing is None or weighing.best is None:
        return rule
    return texts.say("grade.figure", rule=rule, amount=_amount(weighing, weighing.best))


def figure_words(weighing: Weighing | None, policy: Policy, texts: Texts) -> tuple[str, ...]:
    """The figure of the route taken and of the next best; why there is none where a rule had to choose."""
    if weighing is None:
        return ()
    if weighing.best is None:
        return (texts.say(f"saved.unweighed_{weighing.why_not}"),)
    amount, other = _amount(weighing, weighing.best), weighing.runner_up
    if other is None:
        return (texts.say("saved.route", amount=amount),)
    captions = {outcome.disposition: outcome.caption for outcome in policy.outcomes}
    caption, less = captions.get(other.route, other.route), _amount(weighing, other)
    return (texts.say("saved.route_over", amount=amount, other=caption, less=less),)


def _amount(weighing: Weighing, figure: Figure) -> str:
    return amount_text(figure.expected_minor, weighing.worth.currency if weighing.worth else "")
