"""Sentences about what stands behind an address that is called: engines, gateways, proxies."""

from providers.huggingface.explanations.explanation import Explanation, _

TEXTS: dict[str, Explanation] = {
    "no_chat_route": Explanation(
        _("The endpoint has no chat route"),
        _("%(who)s does not offer chat completions."),
        _("Use it for text generation, or deploy the model with an engine that offers chat."),
    ),
    "no_chat_template": Explanation(
        _("The model cannot chat"),
        _("It comes without a chat template, so %(repository)s only continues texts."),
        _("Use it for text generation, or give the deployment a chat template."),
    ),
    "no_route": Explanation(
        _("The endpoint does not answer this kind of call"),
        _("%(who)s has no route for the chosen model type and task."),
        _("Check Model Type and Task against what is deployed there."),
    ),
    "endpoint_serves_several": Explanation(
        _("The engine serves several models"),
        _("%(who)s does not serve %(repository)s. It serves %(served)s."),
        _("Enter one of these as Model Name."),
    ),
    "endpoint_serves_several embedding": Explanation(
        _("The engine serves several models"),
        _("%(who)s does not serve %(repository)s. It serves %(served)s."),
        _(
            "An embedding is saved under the name of its repository, as Model Name: have the "
            "container serve it under this name."
        ),
    ),
    "engine_error": Explanation(
        _("The engine had an error"),
        _("%(who)s answered with an error of its own. Hugging Face passed the call on."),
        _("Read the answer below, and look at the endpoint's log on Hugging Face."),
    ),
    "engine_crashed": Explanation(
        _("The engine failed without a word"),
        _("%(who)s answered with status 500, and does not say why."),
        _("Look at the endpoint's log on Hugging Face: what went wrong stands there."),
    ),
    "engine_refused": Explanation(
        _("The engine did not accept the call"),
        _("%(who)s refused the tiny call that is made to check it."),
        _("Read the answer below, and check Model Type and Task against what is deployed there."),
    ),
    "engine_overloaded": Explanation(
        _("The engine has too much to do"),
        _("%(who)s is working on as many calls as it can take."),
        _("Try again once it has less to do, or let the endpoint have more replicas."),
    ),
    "out_of_memory": Explanation(
        _("The engine ran out of memory"),
        _("%(who)s has too little memory on this hardware for the model and this call."),
        _(
            "Choose larger hardware, or settings that need less memory, and deploy the "
            "endpoint again."
        ),
    ),
    "gateway_error": Explanation(
        _("The endpoint could not be reached"),
        _("%(who)s answered with status %(status)s: it got no answer from the engine."),
        _(
            "Look at the endpoint's state and log on Hugging Face, and try again once it is "
            "running."
        ),
    ),
    "provider_error": Explanation(
        _("The inference provider had an error"),
        _("%(who)s answered with status %(status)s. Hugging Face passed the call on."),
        _("Try again later, or name another provider after the model: owner/name:provider."),
    ),
    "provider_error within": Explanation(
        _("The inference provider had an error"),
        _("%(who)s broke off its answer with an error. Hugging Face passed the call on."),
        _("Try again later, or name another provider after the model: owner/name:provider."),
    ),
    "proxy_failed": Explanation(
        _("The proxy did not let the call through"),
        _("%(who)s refused or failed, so nothing reached %(host)s."),
        _("Have the operator check the proxy's address, its password and what it lets through."),
    ),
}
