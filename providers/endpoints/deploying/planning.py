"""What was entered, as what is asked for."""

from providers.endpoints.deploying import bodies
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.lifecycle.deployments import Plan


def plan(form: DeployForm) -> Plan:
    """Of a form that is valid."""
    entered, place, holder = form.entered, form.place, form.holder
    assert place is not None  # noqa: S101 - it is a valid choice
    assert holder is not None  # noqa: S101 - it is a valid choice
    common = {
        "namespace": place.namespace,
        "name": entered["name"],
        "token": holder.token,
        "form_key": entered["form_key"],
        "entered": form.to_keep,
    }
    if entered["recipe"]:
        repository = form.found.name if form.found else entered["repository"]
        return Plan(**common, recipe=entered["recipe"], wanted={"repository": repository})
    engine, hardware = form.chosen_engine, entered["hardware"]
    task = entered["task"] or (form.found.task if form.found else "")
    if form.found and form.found.details:
        entered["repository"] = form.found.name
    return Plan(
        **common,
        wanted=bodies.wanted(entered, hardware),
        body=bodies.body(entered, engine, hardware, task),
        variables=entered["env"],
        secrets=entered["secrets"],
        credentials=bodies.credentials(entered, engine),
    )
