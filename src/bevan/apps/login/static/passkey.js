// Asks the browser for a passkey and sends its answer with the form that holds the question.
const wrong = {
  NotAllowedError: "No passkey was used. Try again, or use another way.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys don't work at this address.",
};

async function ask(form) {
  const options = JSON.parse(form.dataset.options);
  const made = form.dataset.passkey === "new"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  form.elements.answer.value = JSON.stringify(made.toJSON());
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-said]");
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    said.textContent = "This browser can't use passkeys. Use another way, or another browser.";
    continue;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value || event.submitter?.dataset.plain !== undefined) return;
    event.preventDefault();
    said.textContent = "";
    try {
      await ask(form);
      form.submit();
    } catch (fault) {
      said.textContent = wrong[fault.name] ?? "That didn't work. Try again.";
    }
  });
}
