"use strict";

// One page, without a framework: what is drawn and recorded goes to /predict as files, as from any other client.

const $ = (id) => document.getElementById(id);
const pad = $("pad"), ink = pad.getContext("2d");
const chosen = { image: null, audio: null };   // { blob, name }
const modalities = document.body.dataset.modalities.split(" ");
let key = "";

// Requests -----------------------------------------------------------------------------------------------------------

const headers = () => (key ? { Authorization: "Bearer " + key } : {});
let running = null, again = false, timer = 0;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(predict, 120);
}

async function predict() {
  if (running) { again = true; return; }
  const form = new FormData();
  for (const [name, file] of Object.entries(chosen)) if (file) form.append(name, file.blob, file.name);
  if (![...form.keys()].length) { showNothing(); return; }
  running = true;
  try {
    const wanted = "values=true" + ($("occlusion").checked ? "&occlusion=true" : "");
    const response = await fetch(`predict?${wanted}&model=${document.body.dataset.model}`, { method: "POST", body: form, headers: headers() });
    if (response.status === 401) { askForKey(); return; }
    const answer = await response.json();
    if (response.ok) show(answer); else showProblem(answer.error);
  } catch (error) {
    showProblem("The server cannot be reached. Is it still running?");
  } finally {
    running = null;
    if (again) { again = false; predict(); }
  }
}

function askForKey() {
  $("keys").hidden = false;
  showProblem(key ? "The server does not know this key." : "This server needs a key; enter it above.");
  $("key").focus();
}

$("keys").addEventListener("submit", (event) => {
  event.preventDefault();
  key = $("key").value.trim();
  predict();
});

// Answers ------------------------------------------------------------------------------------------------------------

function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

const percent = (value) => (100 * value).toFixed(1) + " %";

function showNothing() {
  $("answer").textContent = "Nothing yet: draw, or speak.";
  $("remark").textContent = "";
  $("bars").replaceChildren();
  $("seen").hidden = true;
  $("correction").hidden = true;
}

function showProblem(text) {
  showNothing();
  $("answer").textContent = "No prediction";
  $("remark").textContent = text;
}

function show(answer) {
  $("keys").hidden = true;
  const example = answer.examples[0], { all, alone } = example.predictions;
  const given = Object.keys(example.files).sort((a, b) => a < b ? 1 : -1);
  const isUnheard = Object.entries(example.preparations ?? {}).filter(([, one]) => one.isTrimmed && !one.voice).map(([name]) => name);
  $("answer").textContent = isUnheard.length === given.length
    ? "No voice was found in the recording"
    : all.abstains
    ? `The model abstains; ${all.label} would be likeliest, ${percent(all.probability)}`
    : `${all.label}, probability ${percent(all.probability)}`;
  const remarks = [];
  if (isUnheard.length && isUnheard.length < given.length) remarks.push("No voice was found in the recording, so the image alone counts.");
  if (all.isOutOfDistribution) remarks.push("This is unlike what the model was trained on.");
  if (example.disagree) {
    const opinions = Object.entries(alone).map(([name, one]) => `${name} alone is predicted as ${one.label}`);
    const winners = Object.entries(alone).filter(([, one]) => one.label === all.label).map(([name]) => name);
    remarks.push(`The modalities disagree: ${opinions.join(", ")}.`
      + (winners.length === 1 ? ` Together, ${winners[0]} won.` : winners.length ? "" : " Together, neither won."));
  }
  if (all.predictionSet) remarks.push(`Prediction set: ${all.predictionSet.join(", ") || "empty"}.`);
  $("remark").textContent = remarks.join(" ");
  const tables = [bars("All that is given", "all", answer.classNames, all)];
  const names = Object.keys(alone ?? {}).sort((a, b) => a < b ? 1 : -1);
  if (given.length > 1) for (const name of names) tables.push(bars(`${name} alone`, `kind-${name}`, answer.classNames, alone[name]));
  else tables[0].querySelector("h3").textContent = `${given[0]} alone`;
  $("bars").replaceChildren(...tables);
  showSeen(answer.values, example.preparations, answer.occlusion, answer.classNames);
  $("saved").textContent = "";
  $("correction").hidden = !document.body.dataset.collects;
  $("right").value = all.label;
}

$("occlusion").addEventListener("change", () => predict());

// The right answer, where the server takes it.
$("right").replaceChildren(...JSON.parse(document.body.dataset.classes).map((name) => new Option(name, name)));
$("correction").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData();
  for (const [name, file] of Object.entries(chosen)) if (file) form.append(name, file.blob, file.name);
  form.append("label", $("right").value);
  try {
    const response = await fetch("collect?model=" + document.body.dataset.model, { method: "POST", body: form, headers: headers() });
    const answer = await response.json();
    $("saved").textContent = response.ok ? `Saved as ${$("right").value}. Thank you.` : answer.error;
  } catch { $("saved").textContent = "The server cannot be reached."; }
});

function bars(title, className, classes, prediction) {
  const block = element("div", undefined, className);
  block.append(element("h3", title));
  const table = element("table");
  // Many classes: only the likeliest. Few: in their own order, so that bars stay where they are.
  let order = classes.map((_, index) => index);
  if (classes.length > 12) order = order.sort((a, b) => prediction.probabilities[b] - prediction.probabilities[a]).slice(0, 12);
  for (const index of order) {
    const row = element("tr", undefined, index === prediction.classIndex ? "first" : undefined);
    const label = element("th", classes[index]);
    label.scope = "row";
    const bar = element("progress");
    bar.max = 1;
    bar.value = prediction.probabilities[index];
    bar.setAttribute("aria-hidden", "true");
    const cell = element("td");
    cell.append(bar);
    row.append(label, cell, element("td", percent(prediction.probabilities[index])));
    table.append(row);
  }
  block.append(table);
  return block;
}

function showSeen(values, preparations, occlusion, classes) {
  let any = false;
  for (const name of ["image", "audio"]) {
    const figure = $("seen-" + name), value = values?.[name], preparation = preparations?.[name];
    figure.hidden = !value;
    if (!value) continue;
    any = true;
    const canvas = figure.querySelector("canvas"), note = figure.querySelector("figcaption");
    const worth = worthOf(name, occlusion);
    if (name === "image") {
      const [rows, columns, channels] = value.shape;
      paint(canvas, columns, rows, (x, y) => {
        const place = (y * columns + x) * channels;
        return channels === 3 ? value.data.slice(place, place + 3) : Array(3).fill(value.data[place]);
      }, worth);
      note.textContent = !preparation ? "" : `${preparation.width} × ${preparation.height} pixels, ` + (preparation.digit
        ? (preparation.digit.inverted ? "inverted, " : "") + (preparation.digit.centered ? "cut out and centred" : "nothing found on it")
        : `resized to ${preparation.modelWidth} × ${preparation.modelHeight}`);
    } else {
      const [frames, count] = features(value, preparation);
      // Each coefficient on a scale of its own: the first ones are many times as large as the others.
      const scales = Array.from({ length: count }, (_, y) => {
        const own = value.data.filter((_, place) => place % count === y), low = Math.min(...own);
        return { low, range: Math.max(...own) - low || 1 };
      });
      paint(canvas, frames, count, (x, y) => heat((value.data[x * count + y] - scales[y].low) / scales[y].range), worth);
      note.textContent = !preparation ? "" : `${preparation.seconds.toFixed(2)} s at ${preparation.sampleRate} Hz`
        + (preparation.fit === "padded" ? `, padded to ${preparation.modelSeconds.toFixed(2)} s` : "")
        + (preparation.fit === "cut" ? `, cut to the loudest ${preparation.modelSeconds.toFixed(2)} s` : "")
        + (preparation.voice ? `, voice from ${preparation.voice[0].toFixed(2)} to ${preparation.voice[1].toFixed(2)} s` : "");
    }
  }
  $("seen").hidden = !any;
  $("legend").hidden = !occlusion;
  if (occlusion) {
    const most = Math.max(...occlusion.maps.map((map) => Math.max(...map.values.map(Math.abs))));
    $("legend").textContent = `Green speaks for ${classes[occlusion.classIndex]}, magenta against it: where a place is covered, `
      + `its probability falls or rises. The deepest colour stands for ${most < 0.0005 ? "less than 0.1 %" : percent(most)}.`;
  }
}

// From −1 to 1: what each place is worth for the prediction, on one scale for all modalities.
function worthOf(name, occlusion) {
  const map = occlusion?.maps.find((map) => map.modality === name);
  if (!map) return null;
  const most = Math.max(...occlusion.maps.map((map) => Math.max(...map.values.map(Math.abs)))) || 1;
  // A clip's rows are its frames, which the picture shows from left to right.
  return (x, y) => (name === "image" ? map.values[y * map.width + x] : map.values[x * map.width + y]) / most;
}

// Frames and values in each: as the server says, or a column of values.
function features(value, preparation) {
  const total = value.data.length;
  const [frames, count] = value.layout ?? [total, 1];
  return frames * count === total ? [frames, count] : [total, 1];
}

function heat(share) {
  // From dark blue over purple and orange to light yellow: also lighter with each step, for those who see no colours.
  const stops = [[13, 8, 60], [98, 24, 122], [190, 58, 98], [244, 136, 60], [252, 240, 170]];
  const place = Math.min(Math.max(share, 0), 0.9999) * (stops.length - 1), index = Math.floor(place);
  return stops[index].map((from, channel) => from + (stops[index + 1][channel] - from) * (place - index));
}

function paint(canvas, width, height, colour, worth) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), pixels = context.createImageData(width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    let shown = colour(x, y);
    if (worth) {
      // The picture in grey beneath, half as strong.
      const grey = 60 + (shown[0] + shown[1] + shown[2]) / 3 * 0.45, share = Math.min(1, Math.abs(worth(x, y)) * 1.2);
      const ink = worth(x, y) > 0 ? [40, 200, 90] : [220, 60, 190];
      shown = ink.map((value) => grey + (value - grey) * share);
    }
    pixels.data.set([...shown, 255], (y * width + x) * 4);
  }
  context.putImageData(pixels, 0, 0);
}

// Drawing ------------------------------------------------------------------------------------------------------------

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let strokes = [], stroke = null;

function place(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
}

// On the page in its colours, for the model always black on white.
function drawStrokes(context, ground, colour) {
  context.fillStyle = ground;
  context.fillRect(0, 0, pad.width, pad.height);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 20;
  context.lineCap = context.lineJoin = "round";
  for (const points of strokes) {
    context.beginPath();
    context.moveTo(...points[0]);
    // A point alone is a line to itself.
    for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point);
    context.stroke();
  }
}

function redraw() { drawStrokes(ink, colour("--pad"), colour("--stroke")); }

function useDrawing() {
  if (!strokes.length) { chosen.image = null; soon(); return; }
  const page = document.createElement("canvas");
  page.width = pad.width;
  page.height = pad.height;
  drawStrokes(page.getContext("2d"), "#fff", "#000");
  page.toBlob((blob) => { if (strokes.length) { chosen.image = { blob, name: "drawing.png" }; soon(); } }, "image/png");
}

pad.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  if (chosen.image && chosen.image.name !== "drawing.png") strokes = [];
  stroke = [place(event)];
  strokes.push(stroke);
  redraw();
  note("image", "");
});
pad.addEventListener("pointermove", (event) => {
  if (!stroke) return;
  for (const step of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) stroke.push(place(step));
  redraw();
  if (!pad.dataset.waits) {
    pad.dataset.waits = "1";
    setTimeout(() => { delete pad.dataset.waits; useDrawing(); }, 150);
  }
});
for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => {
  if (!stroke) return;
  stroke = null;
  useDrawing();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (strokes.length || !chosen.image) redraw(); drawWave(); });

function clearImage() {
  strokes = [];
  chosen.image = null;
  $("picture").value = "";
  redraw();
  note("image", "Draw a digit, or drop a PNG or JPEG file.");
  predict();
}
$("clear").addEventListener("click", clearImage);
pad.addEventListener("keydown", (event) => { if (event.key === "Delete" || event.key === "Backspace") clearImage(); });

async function useImage(file) {
  strokes = [];
  chosen.image = { blob: file, name: file.name || "picture.png" };
  redraw();
  note("image", file.name);
  soon();
  try {
    const picture = await createImageBitmap(file), scale = Math.min(pad.width / picture.width, pad.height / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    ink.drawImage(picture, (pad.width - width) / 2, (pad.height - height) / 2, width, height);
  } catch { note("image", `${file.name} cannot be shown here; the server may read it all the same.`); }
}
$("picture").addEventListener("change", (event) => { if (event.target.files[0]) useImage(event.target.files[0]); });

function note(kind, text) { $(kind + "-note").textContent = text; }

// Sound --------------------------------------------------------------------------------------------------------------

let samples = null, player = null, isRecording = false;
const recordingSeconds = 2;

function wavFile(data, rate) {
  const view = new DataView(new ArrayBuffer(44 + data.length * 2));
  const text = (place, word) => [...word].forEach((letter, index) => view.setUint8(place + index, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + data.length * 2, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, data.length * 2, true);
  data.forEach((sample, index) => view.setInt16(44 + index * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
  return new Blob([view], { type: "audio/wav" });
}

async function decode(blob) {
  const context = new OfflineAudioContext(1, 1, 48000);
  const sound = await context.decodeAudioData(await blob.arrayBuffer());
  const mono = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    sound.getChannelData(channel).forEach((value, index) => { mono[index] += value / sound.numberOfChannels; });
  }
  return { mono, rate: sound.sampleRate };
}

function drawWave() {
  const canvas = $("wave"), context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colour("--audio");
  const middle = canvas.height / 2;
  if (!samples) { context.fillRect(0, middle - 0.5, canvas.width, 1); return; }
  const step = samples.length / canvas.width;
  for (let x = 0; x < canvas.width; x++) {
    let most = 0;
    for (let i = Math.floor(x * step); i < Math.min((x + 1) * step, samples.length); i++) most = Math.max(most, Math.abs(samples[i]));
    context.fillRect(x, middle - most * middle, 1, Math.max(1, 2 * most * middle));
  }
}

function setSound(blob, name) {
  chosen.audio = blob && { blob, name };
  $("play").disabled = $("remove").disabled = !blob;
  if (!blob) samples = null;
  drawWave();
  soon();
}

async function useSound(file) {
  samples = null;
  note("audio", file.name);
  setSound(file, file.name || "recording.wav");
  try { samples = (await decode(file)).mono; drawWave(); } catch { note("audio", `${file.name} cannot be shown here; the server may read it all the same.`); }
}
$("recording").addEventListener("change", (event) => { if (event.target.files[0]) useSound(event.target.files[0]); });
$("remove").addEventListener("click", () => { $("recording").value = ""; setSound(null); note("audio", "Say the digit after the countdown, or drop a sound file."); $("record").focus(); });
$("play").addEventListener("click", () => {
  if (!chosen.audio) return;
  player?.pause();
  const address = URL.createObjectURL(chosen.audio.blob);
  player = new Audio(address);
  player.onended = () => URL.revokeObjectURL(address);
  player.play().catch(() => note("audio", "This browser cannot play the file."));
});

function microphoneProblem(error) {
  const otherwise = "A sound file works all the same: drop one, or choose a recording.";
  if (!navigator.mediaDevices) {
    return `The browser gives a page the microphone only over HTTPS or on this machine itself (localhost). ${otherwise}`;
  }
  switch (error?.name) {
    case "NotAllowedError": case "SecurityError":
      return `The browser does not allow this page the microphone. Allow it in the address bar's settings and press Record again. ${otherwise}`;
    case "NotFoundError": case "OverconstrainedError": return `No microphone was found. ${otherwise}`;
    case "NotReadableError": case "AbortError": return `The microphone cannot be used; another program may have it. ${otherwise}`;
    default: return `The microphone cannot be used (${error?.name ?? "unknown reason"}). ${otherwise}`;
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function record() {
  if (isRecording) return;
  let stream;
  try {
    if (!navigator.mediaDevices) throw new Error();
    // As the microphone hears it: what the browser does for calls changes voices.
    stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  } catch (error) { note("audio", microphoneProblem(error)); return; }
  isRecording = true;
  $("record").disabled = true;
  const context = new AudioContext(), meter = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(meter);
  const heard = new Float32Array(meter.fftSize);
  let watching = true;
  const watch = () => {
    if (!watching) return;
    meter.getFloatTimeDomainData(heard);
    $("level").value = Math.min(1, heard.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    requestAnimationFrame(watch);
  };
  watch();
  try {
    for (const count of [3, 2, 1]) {
      $("countdown").textContent = count;
      note("audio", `Recording begins in ${count}`);
      await pause(600);
    }
    $("countdown").textContent = "";
    note("audio", "Speak now");
    $("record").textContent = "Recording…";
    const recorder = new MediaRecorder(stream), parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const over = new Promise((done) => { recorder.onstop = done; });
    recorder.start();
    await pause(recordingSeconds * 1000);
    recorder.stop();
    await over;
    const sound = await decode(new Blob(parts, { type: recorder.mimeType }));
    samples = sound.mono;
    setSound(wavFile(sound.mono, sound.rate), "recording.wav");
    const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    note("audio", loudest < 0.02 ? "Hardly anything was heard. Is the right microphone chosen?" : `${(samples.length / sound.rate).toFixed(1)} s recorded.`);
  } catch (error) {
    note("audio", `The recording failed (${error?.message ?? error}).`);
  } finally {
    watching = false;
    isRecording = false;
    stream.getTracks().forEach((track) => track.stop());
    context.close();
    $("level").value = 0;
    $("countdown").textContent = "";
    $("record").textContent = "Record";
    $("record").disabled = false;
  }
}
$("record").addEventListener("click", record);
if (!navigator.mediaDevices) note("audio", microphoneProblem());

// Files that are dropped ---------------------------------------------------------------------------------------------

for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
for (const [panel, use] of [["image-panel", useImage], ["audio-panel", useSound]]) {
  const target = $(panel);
  target.addEventListener("dragover", () => target.classList.add("dropping"));
  target.addEventListener("dragleave", () => target.classList.remove("dropping"));
  target.addEventListener("drop", (event) => {
    target.classList.remove("dropping");
    const files = [...event.dataTransfer.files];
    for (const file of files) {
      if (file.type.startsWith("image/")) useImage(file);
      else if (file.type.startsWith("audio/")) useSound(file);
      else if (files.length === 1) use(file);
    }
  });
}

$("model").textContent = `One example, seen and heard by ${document.body.dataset.model}`;
const models = document.body.dataset.models.split(" ");
if (models.length > 1) {
  $("choice").hidden = false;
  $("models").replaceChildren(...models.map((name) => new Option(name, name, false, name === document.body.dataset.model)));
  $("models").addEventListener("change", (event) => { location.search = "?model=" + event.target.value; });
}
// A model of one modality takes nothing else.
for (const name of ["image", "audio"]) $(name + "-panel").hidden = !modalities.includes(name);
redraw();
drawWave();
