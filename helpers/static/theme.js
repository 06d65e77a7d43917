// Light or dark as the reader chose it, before anything is drawn.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";
