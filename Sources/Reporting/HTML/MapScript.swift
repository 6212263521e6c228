// SPDX-License-Identifier: GPL-3.0-or-later

/// What moves the map of the page: the only program in it. It reads the data beside it, draws on a canvas and fetches nothing.
///
/// Neither `<` nor `&` may stand here, so that the page stays well-formed XML. Names go into the page as text nodes alone. The page's
/// security policy admits this text by its digest; `MapTests` says the new one when the text is changed.
enum MapScript {
    /// Base64 of the SHA-256 of `text`.
    static let digest = "MX5SOjzkVgCjmq5XR1QtxkvkQfLLVn5TXWMs9g4GZZg="

    static let text = #"""

        (function () {
        'use strict';
        document.querySelectorAll('[data-map]').forEach(function (host) {
          var source = document.getElementById(host.getAttribute('data-map'));
          if (!source) return;
          var data = JSON.parse(source.textContent), words = data.words;
          var format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

          function make(name, parent, attributes, text) {
            var element = document.createElement(name);
            Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
            if (text !== undefined) element.textContent = text;
            parent.appendChild(element);
            return element;
          }
          function lines(part) {
            var count = part.n.length, start = new Int32Array(count + 1), at = 0, x = 0, y = 0, i, j, k = 0;
            for (i = 0; count > i; i++) { start[i] = at; at += part.n[i]; }
            start[count] = at;
            var xy = new Int32Array(2 * at), box = new Int32Array(4 * count);
            for (i = 0; count > i; i++) {
              for (j = start[i]; start[i + 1] > j; j++) {
                x += part.p[k++]; y += part.p[k++];
                xy[2 * j] = x; xy[2 * j + 1] = y;
                if (j === start[i]) { box[4 * i] = box[4 * i + 2] = x; box[4 * i + 1] = box[4 * i + 3] = y; }
                box[4 * i] = Math.min(box[4 * i], x); box[4 * i + 1] = Math.min(box[4 * i + 1], y);
                box[4 * i + 2] = Math.max(box[4 * i + 2], x); box[4 * i + 3] = Math.max(box[4 * i + 3], y);
              }
            }
            return { count: count, start: start, xy: xy, box: box };
          }
          function dots(part) {
            var xy = new Int32Array(part.p.length), x = 0, y = 0, i;
            for (i = 0; part.p.length > i; i += 2) { x += part.p[i]; y += part.p[i + 1]; xy[i] = x; xy[i + 1] = y; }
            return xy;
          }
          var pipes = lines(data.pipes), devices = lines(data.devices), zones = lines(data.zones), nodes = dots(data.nodes);
          var tanks = dots(data.tanks), sites = data.sites.map(dots);

          host.hidden = false;
          host.parentNode.classList.add('is-live');
          var bar = make('div', host, { 'class': 'map-bar' });
          var shown = {};
          function button(label, text, action) {
            var element = make('button', bar, { type: 'button', 'aria-label': label, title: label }, text);
            element.addEventListener('click', action);
          }
          button(words.zoom_in, '+', function () { zoom(1.5); });
          button(words.zoom_out, '\u2212', function () { zoom(1 / 1.5); });
          button(words.whole, words.whole, function () { fit(); later(); });
          var stage = make('div', host, { 'class': 'map-stage' });
          var canvas = make('canvas', stage, { tabindex: '0', role: 'img', 'aria-label': words.hint });
          var panel = make('div', stage, { 'class': 'map-panel', role: 'status' });
          panel.hidden = true;
          var layers = make('fieldset', host, { 'class': 'map-layers' });
          make('legend', layers, {}, words.layers);
          data.layers.forEach(function (layer) {
            shown[layer.key] = true;
            var row = make('div', layers, { 'class': 'map-layer' }), label = make('label', row, {});
            var box = make('input', label, { type: 'checkbox' });
            box.checked = true;
            box.addEventListener('change', function () { shown[layer.key] = box.checked; later(); });
            label.appendChild(document.createTextNode(' ' + layer.title));
            layer.classes.forEach(function (entry) {
              var mark = make('span', row, { 'class': 'map-mark' });
              make('i', mark, { 'class': /nodes|access/.test(layer.key) ? 'dot' : /zones|sensors/.test(layer.key) ? 'area' : 'line' })
                .style.background = entry.colour;
              mark.appendChild(document.createTextNode(entry.label));
            });
          });
          make('p', host, { 'class': 'table-note' }, words.hint);

          // Two pictures beside the one that is seen: the last whole one, and one that is being drawn.
          var seen = canvas.getContext('2d'), whole = document.createElement('canvas'), work = document.createElement('canvas');
          var ink = work.getContext('2d'), view = { s: 1, x: 0, y: 0 }, drawn = null, least = 1, chosen = null, timer = 0, frame = 0, job = 0;
          function width() { return stage.clientWidth; }
          function height() { return stage.clientHeight; }
          function fit() {
            var s = Math.min((width() - 24) / Math.max(data.width, 1), (height() - 24) / Math.max(data.height, 1));
            least = s;
            view = { s: s, x: (width() - s * data.width) / 2, y: (height() - s * data.height) / 2 };
          }
          function zoom(factor, px, py) {
            var s = Math.min(Math.max(view.s * factor, least * 0.7), least * 400);
            if (px === undefined) { px = width() / 2; py = height() / 2; }
            view.x = px - (px - view.x) * s / view.s;
            view.y = py - (py - view.y) * s / view.s;
            view.s = s;
            later();
          }
          // While it moves, the last drawing is moved; it is drawn anew when it rests.
          function later() {
            cancelAnimationFrame(job);
            if (!frame) frame = requestAnimationFrame(function () { frame = 0; quick(); });
            clearTimeout(timer);
            timer = setTimeout(draw, 90);
          }
          function quick() {
            if (!drawn) return draw();
            var ratio = window.devicePixelRatio || 1, k = view.s / drawn.s;
            seen.setTransform(ratio, 0, 0, ratio, 0, 0);
            seen.fillStyle = data.paper;
            seen.fillRect(0, 0, width(), height());
            seen.drawImage(whole, view.x - k * drawn.x, view.y - k * drawn.y, k * width(), k * height());
          }
          function inSight(part, i, margin) {
            var b = part.box, j = 4 * i;
            if (0 > b[j + 2] * view.s + view.x + margin) return false;
            if (b[j] * view.s + view.x > width() + margin) return false;
            if (0 > b[j + 3] * view.s + view.y + margin) return false;
            return height() + margin > b[j + 1] * view.s + view.y;
          }
          function trace(part, i) {
            var j = part.start[i], end = part.start[i + 1], xy = part.xy, s = view.s, x = view.x, y = view.y;
            ink.moveTo(xy[2 * j] * s + x, xy[2 * j + 1] * s + y);
            for (j++; end > j; j++) ink.lineTo(xy[2 * j] * s + x, xy[2 * j + 1] * s + y);
          }
          function label(text, x, y, size) {
            ink.font = '600 ' + size + 'px system-ui, sans-serif';
            ink.textAlign = 'center';
            ink.lineWidth = 3.5;
            ink.strokeStyle = data.paper;
            ink.lineJoin = 'round';
            ink.strokeText(text, x, y);
            ink.fillStyle = '#14202b';
            ink.fillText(text, x, y);
          }
          // A large map is drawn in parts, a few milliseconds of each frame, and shown when it is whole.
          function draw() {
            clearTimeout(timer);
            cancelAnimationFrame(job);
            var ratio = window.devicePixelRatio || 1, wide = Math.round(width() * ratio), high = Math.round(height() * ratio);
            if (canvas.width !== wide || canvas.height !== high) {
              canvas.width = whole.width = work.width = wide;
              canvas.height = whole.height = work.height = high;
              drawn = null;
            }
            var parts = paint(ratio);
            (function go() {
              var end = performance.now() + 4;
              while (!parts.next().done) if (performance.now() > end) {
                // What is only noted is not yet drawn: to be looked at, it has to be.
                seen.drawImage(work, 0, 0, 1, 1, -9, -9, 1, 1);
                job = requestAnimationFrame(go);
                return;
              }
              var last = whole;
              whole = work; work = last; ink = work.getContext('2d');
              drawn = { s: view.s, x: view.x, y: view.y };
              quick();
            })();
          }
          function* paint(ratio) {
            var w = width(), h = height(), i, c;
            ink.setTransform(ratio, 0, 0, ratio, 0, 0);
            ink.fillStyle = data.paper;
            ink.fillRect(0, 0, w, h);
            ink.lineJoin = ink.lineCap = 'round';
            if (shown.zones) for (i = 0; zones.count > i; i++) {
              ink.beginPath(); trace(zones, i); ink.closePath();
              ink.fillStyle = data.zones.colours[i % data.zones.colours.length];
              ink.fill();
              ink.setLineDash([5, 4]); ink.lineWidth = 1.2; ink.strokeStyle = '#6f7e8a'; ink.stroke(); ink.setLineDash([]);
            }
            var grow = Math.min(2, Math.max(0.7, Math.pow(view.s / least, 0.3)));
            // Many lines are drawn fastest in short runs and with plain ends.
            if (pipes.count > 5000) { ink.lineJoin = 'bevel'; ink.lineCap = 'butt'; }
            if (shown.pipes) for (c = 0; data.pipes.styles.length > c; c++) {
              var style = data.pipes.styles[c], run = 0;
              ink.strokeStyle = style.colour;
              ink.lineWidth = style.width * grow;
              ink.beginPath();
              for (i = 0; pipes.count > i; i++) if (data.pipes.c[i] === c) if (inSight(pipes, i, 4)) {
                trace(pipes, i);
                if (++run === 500) { ink.stroke(); yield; ink.beginPath(); run = 0; }
              }
              ink.stroke();
            }
            ink.lineJoin = ink.lineCap = 'round';
            if (shown.devices) {
              ink.beginPath();
              for (i = 0; devices.count > i; i++) if (inSight(devices, i, 4)) trace(devices, i);
              ink.strokeStyle = '#14202b'; ink.lineWidth = 2.4 * grow; ink.setLineDash([3, 3]); ink.stroke(); ink.setLineDash([]);
              ink.fillStyle = '#14202b';
              for (i = 0; tanks.length > i; i += 2) {
                var tx = tanks[i] * view.s + view.x, ty = tanks[i + 1] * view.s + view.y;
                ink.beginPath(); ink.moveTo(tx, ty - 9); ink.lineTo(tx + 8, ty + 6); ink.lineTo(tx - 8, ty + 6); ink.fill();
              }
            }
            if (shown.nodes) {
              var many = data.nodes.id.length > 3000, r = many ? Math.min(3.2, 1.1 * grow) : 3.2 * grow, dot = 0;
              for (c = 0; data.nodes.colours.length > c; c++) {
                ink.fillStyle = data.nodes.colours[c];
                ink.beginPath();
                for (i = 0; data.nodes.id.length > i; i++) if (data.nodes.c[i] === c) {
                  var x = nodes[2 * i] * view.s + view.x, y = nodes[2 * i + 1] * view.s + view.y;
                  if (x > -9) if (y > -9) if (w + 9 > x) if (h + 9 > y) {
                    if (many) { ink.fillRect(x - r, y - r, 2 * r, 2 * r); if (++dot % 1000 === 0) yield; }
                    else { ink.moveTo(x + r, y); ink.arc(x, y, r, 0, 7); }
                  }
                }
                ink.fill();
              }
            }
            data.sites.forEach(function (group, g) {
              if (!shown[group.key]) return;
              for (var i = 0; group.id.length > i; i++) {
                var x = sites[g][2 * i] * view.s + view.x, y = sites[g][2 * i + 1] * view.s + view.y;
                ink.lineWidth = 1.6;
                ink.beginPath();
                if (group.key === 'sensors') {
                  ink.fillStyle = group.colour; ink.strokeStyle = data.paper; ink.rect(x - 5, y - 5, 10, 10);
                } else {
                  ink.fillStyle = data.paper; ink.strokeStyle = group.colour; ink.arc(x, y, 3.4, 0, 7);
                }
                ink.fill(); ink.stroke();
              }
            });
            // As many steps as there is room for: more of them the closer one looks.
            if (shown.walk) {
              var taken = [], room = Math.round(12 * view.s / least);
              data.pipes.walk.slice(0, room).forEach(function (i, step) {
                var a = pipes.start[i], b = pipes.start[i + 1] - 1;
                var x = (pipes.xy[2 * a] + pipes.xy[2 * b]) / 2 * view.s + view.x + 6 + 4 * grow;
                var y = (pipes.xy[2 * a + 1] + pipes.xy[2 * b + 1]) / 2 * view.s + view.y - 6;
                if (taken.some(function (p) { return 17 > Math.abs(p[0] - x) ? 13 > Math.abs(p[1] - y) : false; })) return;
                taken.push([x, y]);
                label(String(step + 1), x, y, 12);
              });
            }
            if (shown.pipes) data.pipes.first.forEach(function (i, rank) {
              var a = pipes.start[i], b = pipes.start[i + 1] - 1;
              label(String(rank + 1), (pipes.xy[2 * a] + pipes.xy[2 * b]) / 2 * view.s + view.x + 9,
                (pipes.xy[2 * a + 1] + pipes.xy[2 * b + 1]) / 2 * view.s + view.y - 6, 12);
            });
            if (shown.zones) for (i = 0; zones.count > i; i++) {
              var zx = (zones.box[4 * i] + zones.box[4 * i + 2]) / 2, zy = (zones.box[4 * i + 1] + zones.box[4 * i + 3]) / 2;
              label(data.zones.name[i].slice(0, 40), zx * view.s + view.x, zy * view.s + view.y, 13);
            }
            if (chosen) {
              ink.beginPath();
              if (chosen.part) trace(chosen.part, chosen.index);
              else ink.arc(chosen.x * view.s + view.x, chosen.y * view.s + view.y, 8, 0, 7);
              ink.strokeStyle = '#a8003f'; ink.lineWidth = 3; ink.stroke();
            }
          }

          function gap(part, i, px, py) {
            var best = Infinity, xy = part.xy, j;
            for (j = part.start[i]; part.start[i + 1] - 1 > j; j++) {
              var ax = xy[2 * j] * view.s + view.x, ay = xy[2 * j + 1] * view.s + view.y;
              var dx = xy[2 * j + 2] * view.s + view.x - ax, dy = xy[2 * j + 3] * view.s + view.y - ay;
              var t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
              best = Math.min(best, Math.hypot(px - ax - t * dx, py - ay - t * dy));
            }
            return best;
          }
          function inside(i, px, py) {
            var odd = false, xy = zones.xy, a = zones.start[i], b = zones.start[i + 1], j, k = b - 1;
            for (j = a; b > j; k = j++) {
              var ax = xy[2 * j] * view.s + view.x, ay = xy[2 * j + 1] * view.s + view.y;
              var bx = xy[2 * k] * view.s + view.x, by = xy[2 * k + 1] * view.s + view.y;
              if ((ay > py) !== (by > py)) if ((bx - ax) * (py - ay) / (by - ay) + ax > px) odd = !odd;
            }
            return odd;
          }
          function figure(value, unit) { return value === null ? words.unknown : format.format(value) + '\u00a0' + unit; }
          function pick(px, py) {
            var best = 9, i, d, found = null;
            data.sites.forEach(function (group, g) {
              if (shown[group.key]) for (var i = 0; group.id.length > i; i++) {
                var near = Math.hypot(sites[g][2 * i] * view.s + view.x - px, sites[g][2 * i + 1] * view.s + view.y - py);
                if (best > near) { best = near; found = ['site', i, g]; }
              }
            });
            if (!found) if (shown.nodes) for (i = 0; data.nodes.id.length > i; i++) {
              d = Math.hypot(nodes[2 * i] * view.s + view.x - px, nodes[2 * i + 1] * view.s + view.y - py);
              if (best > d) { best = d; found = ['node', i]; }
            }
            if (!found) if (shown.pipes) for (i = 0; pipes.count > i; i++) if (inSight(pipes, i, 9)) {
              d = gap(pipes, i, px, py);
              if (best > d) { best = d; found = ['pipe', i]; }
            }
            if (!found) if (shown.devices) for (i = 0; devices.count > i; i++) {
              d = gap(devices, i, px, py);
              if (best > d) { best = d; found = ['device', i]; }
            }
            if (!found) if (shown.zones) for (i = 0; zones.count > i; i++) if (inside(i, px, py)) found = ['zone', i];
            show(found);
          }
          function show(found) {
            panel.textContent = '';
            panel.hidden = !found;
            chosen = null;
            if (!found) return draw();
            var i = found[1], rows = [], title = '';
            if (found[0] === 'node') {
              title = words.node + ' ' + data.nodes.id[i];
              rows = [[words.elevation, figure(data.nodes.e[i], words.metres)], [words.night, figure(data.nodes.n[i], words.head)]];
              chosen = { x: nodes[2 * i], y: nodes[2 * i + 1] };
            } else if (found[0] === 'site') {
              var group = data.sites[found[2]];
              title = group.title + ' ' + group.id[i];
              rows = group.rows[i];
              chosen = { x: sites[found[2]][2 * i], y: sites[found[2]][2 * i + 1] };
            } else if (found[0] === 'pipe') {
              title = words.pipe + ' ' + data.pipes.id[i];
              rows = [[words.diameter, figure(data.pipes.d[i], words.millimetres)], [words.length, figure(data.pipes.l[i], words.metres)]];
              if (data.pipes.q) rows.push([words.probability, figure(data.pipes.q[i], '%')]);
              var walk = data.pipes.w ? data.pipes.w[i] : null;
              if (walk) rows.push([words.step, format.format(walk[0])], [words.walked, figure(walk[1], words.metres)],
                [words.found, figure(walk[2], '%')]);
              chosen = { part: pipes, index: i };
            } else if (found[0] === 'device') {
              title = data.devices.id[i];
              rows = [[words.device, data.devices.type[i]]];
              chosen = { part: devices, index: i };
            } else {
              title = words.zone + ' ' + data.zones.name[i];
              rows = data.zones.rows[i];
              chosen = { part: zones, index: i };
            }
            make('strong', panel, {}, title);
            var close = make('button', panel, { type: 'button', 'aria-label': words.close, title: words.close }, '\u00d7');
            close.addEventListener('click', function () { show(null); canvas.focus(); });
            var list = make('dl', panel, {});
            rows.forEach(function (row) { make('dt', list, {}, row[0]); make('dd', list, {}, row[1]); });
            draw();
          }

          var fingers = new Map(), moved = 0;
          function place(event) { var r = canvas.getBoundingClientRect(); return { x: event.clientX - r.left, y: event.clientY - r.top }; }
          canvas.addEventListener('pointerdown', function (event) {
            fingers.set(event.pointerId, place(event));
            canvas.setPointerCapture(event.pointerId);
            if (fingers.size === 1) moved = 0;
          });
          canvas.addEventListener('pointermove', function (event) {
            var before = fingers.get(event.pointerId), now = place(event);
            if (!before) return;
            if (fingers.size === 1) {
              view.x += now.x - before.x; view.y += now.y - before.y;
            } else {
              var other = null;
              fingers.forEach(function (p, id) { if (id !== event.pointerId) other = p; });
              var was = Math.hypot(before.x - other.x, before.y - other.y), is = Math.hypot(now.x - other.x, now.y - other.y);
              if (was > 0) if (is > 0) zoom(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
            }
            moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
            fingers.set(event.pointerId, now);
            later();
          });
          function up(event) {
            if (fingers.delete(event.pointerId)) if (5 > moved) if (event.type === 'pointerup') { var p = place(event); pick(p.x, p.y); }
          }
          canvas.addEventListener('pointerup', up);
          canvas.addEventListener('pointercancel', up);
          canvas.addEventListener('wheel', function (event) {
            event.preventDefault();
            var p = place(event);
            zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), p.x, p.y);
          }, { passive: false });
          canvas.addEventListener('keydown', function (event) {
            var step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
            if (step) { view.x += step[0]; view.y += step[1]; later(); }
            else if (event.key === '+') zoom(1.5);
            else if (event.key === '-') zoom(1 / 1.5);
            else if (event.key === '0') { fit(); later(); }
            else if (event.key === 'Enter') pick(width() / 2, height() / 2);
            else if (event.key === 'Escape') show(null);
            else return;
            event.preventDefault();
          });
          fit();
          draw();
          if (window.ResizeObserver) new ResizeObserver(function () { if (canvas.clientWidth) { if (view.s === least) fit(); draw(); } }).observe(stage);
        });
        })();

        """#
}
