"""Sentences about endpoints, as the management API and their addresses tell of them."""

from providers.huggingface.explanations.explanation import Explanation, _

# Why an address cannot be used: what `reason` stands for in the sentences of url_invalid.
REASONS: dict[str, str] = {
    "empty": _("it is empty"),
    "long": _("it is longer than any endpoint's address"),
    "characters": _("it holds characters that do not belong into an address"),
    "form": _("it is not complete"),
    "scheme": _("it does not start with https://"),
    "credentials": _("it holds a user name or a password"),
    "port": _("it names a port"),
    "path": _("it names a path that endpoints do not have"),
    "number": _("it is a network address and not a host name"),
    "private": _("it is a name within a private network"),
    "lookalike": _("it resembles a host of Hugging Face and is none"),
    "page": _("it is a page or an interface of Hugging Face and not an endpoint"),
}

TEXTS: dict[str, Explanation] = {
    "rate_limited": Explanation(
        _("Too many requests"),
        _("%(who)s limits how often this may be asked, and the limit is reached."),
        _(
            "Wait a few minutes before you try again. Scheduled checks wait as long as they "
            "are told."
        ),
    ),
    "name_taken": Explanation(
        _("The name is taken"),
        _("%(namespace)s already has an endpoint named %(name)s."),
        _("Choose another name."),
    ),
    "bad_request": Explanation(
        _("The request was not accepted"),
        _("%(who)s understood the request, but something in it is not valid."),
        _("Read the answer below, correct the value that it names and try again."),
    ),
    "already_running": Explanation(
        _("The endpoint is already running"),
        _("It cannot be resumed, because it is not paused."),
        _("Use it as it is."),
    ),
    "hardware_not_found": Explanation(
        _("This hardware is not offered"),
        _("Hugging Face does not offer this instance in this region at the moment."),
        _("Choose hardware from the list that Hugging Face offers now."),
    ),
    "endpoint_not_found": Explanation(
        _("Endpoint not found"),
        _("There is no endpoint %(name)s in %(namespace)s, or the token cannot see it."),
        _("Check the name and the namespace; the endpoint may have been deleted."),
    ),
    "endpoint_not_found address": Explanation(
        _("No endpoint answers at this address"),
        _("%(who)s knows no endpoint at %(host)s."),
        _("Check the Endpoint URL; the endpoint may have been deleted."),
    ),
    "endpoint_deleted": Explanation(
        _("Its endpoint was deleted by %(by)s, %(time)s"),
        _("Hugging Face no longer has %(name)s in %(namespace)s, and nobody can bring it back."),
        _("Choose another endpoint, or deploy one anew and use its address."),
    ),
    "endpoint_deleted elsewhere": Explanation(
        _("Its endpoint was deleted at Hugging Face, as seen %(time)s"),
        _("Hugging Face no longer has %(name)s in %(namespace)s. Nobody deleted it from here."),
        _("Choose another endpoint, or deploy one anew and use its address."),
    ),
    "endpoint_deleted meanwhile": Explanation(
        _("The endpoint was deleted meanwhile"),
        _(
            "Hugging Face no longer has %(name)s in %(namespace)s. Whether this was done before "
            "does not show."
        ),
        _("Nothing is left to do here."),
    ),
    "endpoint_deleted replaced": Explanation(
        _("Another endpoint stands under this name now"),
        _("%(name)s in %(namespace)s was deleted and made anew since this was asked for."),
        _("Nothing was sent to it. Look at the new endpoint, and act on it if it is meant."),
    ),
    "endpoint_moved": Explanation(
        _("The endpoint has another address"),
        _(
            "%(namespace)s/%(name)s was made anew: it runs %(deployed)s and answers at %(host)s, "
            "no longer at the address of this model."
        ),
        _("Use the new address, or choose another endpoint."),
    ),
    "endpoint_serves_other": Explanation(
        _("This endpoint runs another model"),
        _("At this address %(namespace)s has deployed %(deployed)s, not %(repository)s."),
        _(
            "Enter an embedding model under the name of the repository that is deployed, or "
            "choose another endpoint."
        ),
    ),
    "task_mismatch": Explanation(
        _("The endpoint has another task"),
        _("%(repository)s is deployed there for %(fitting)s, and %(task)s is chosen here."),
        _("Choose the task that is deployed, or another endpoint."),
    ),
    "conflict": Explanation(
        _("It was changed at the same time"),
        _("%(who)s refused the change, because another one was under way."),
        _("Look at the current state and try again."),
    ),
    "endpoint_busy": Explanation(
        _("The endpoint cannot do this now"),
        _("It is starting or being updated, and Hugging Face does not take this meanwhile."),
        _("Wait until its state has changed, then try once more."),
    ),
    "endpoint_busy here": Explanation(
        _("Somebody is at the endpoint already"),
        _("%(by)s is at it: %(action)s. Until that has ended, nothing else is done to it."),
        _("Wait until it has ended, then wake the endpoint once more."),
    ),
    "endpoint_asleep": Explanation(
        _("The endpoint is asleep"),
        _("It is scaled to zero. A call would wake it, and from then on it costs money."),
        _("Use Wake and verify when you want it to start."),
    ),
    "endpoint_paused": Explanation(
        _("The endpoint is paused"),
        _("A paused endpoint answers no calls and costs nothing."),
        _("Resume it when you want to use it."),
    ),
    "endpoint_not_ready": Explanation(
        _("The endpoint is not ready"),
        _("It has no replica that could answer at the moment."),
        _("Wait until its state is running and check again."),
    ),
    "endpoint_failed": Explanation(
        _("The endpoint has failed"),
        _("Hugging Face could not start it: %(message)s"),
        _("Look at its logs on Hugging Face, correct its settings and deploy it again."),
    ),
    "endpoint_loading": Explanation(
        _("The model is loading"),
        _("%(who)s says that the model is still being loaded."),
        _("Check again in a minute."),
    ),
    "url_invalid": Explanation(
        _("This address cannot be used"),
        _("It cannot be an endpoint's address: %(reason)s."),
        _("Copy the Endpoint URL from the endpoint's page on Hugging Face."),
    ),
    "url_not_listed": Explanation(
        _("This address is not one of the token's endpoints"),
        _("Hugging Face did not list %(host)s for this token, so the token was not sent there."),
        _("Choose an endpoint from the list, or have an administrator confirm the address."),
    ),
    "url_old_api": Explanation(
        _("This address is no longer in use"),
        _("api-inference.huggingface.co was replaced by inference providers and does not answer."),
        _("Choose Hosted Inference API as the endpoint type and give the model's name."),
    ),
    "url_console": Explanation(
        _("This is the address of the console"),
        _("It is the page on which %(name)s is managed, not the address that answers calls."),
        _("Choose the endpoint from the list, or copy the Endpoint URL from that page."),
    ),
}
