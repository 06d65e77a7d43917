// What must be known before anything is drawn: that there are scripts, and light or dark as chosen.
document.documentElement.classList.remove("no-js");
document.body.dataset.theme = localStorage.getItem("theme") || "auto";
