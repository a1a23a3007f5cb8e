// Charts that grow to the right, drawn by uPlot.
import uPlot from './uPlot.esm.js';

const DASHES = {solid: [], dashed: [8, 4], dotted: [2, 4]};
const HEIGHT = 176;

/** A colour of the style sheet, as it is now (light or dark). */
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * A chart over time. Its lines are {color, stroke}: the names of a custom property and of a border's style.
 * Its data are [seconds, …] and for each line [value or null, …].
 */
export class Chart {
  #target;
  #lines;
  #plot;
  #data;
  #language;

  constructor(target, lines, language, data) {
    this.#target = target;
    this.#lines = lines;
    this.#language = language;
    this.#data = data;
    new ResizeObserver(() => this.#resize()).observe(target);
  }

  show(data) {
    this.#data = data;
    if (this.#plot) {
      this.#plot.setData(data);
    } else {
      this.#resize();
    }
  }

  /** Anew, in the colours that hold now. */
  repaint() {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#resize();
  }

  #resize() {
    const width = Math.floor(this.#target.clientWidth);
    if (!width) return;
    if (this.#plot) {
      if (this.#plot.width !== width) this.#plot.setSize({width, height: HEIGHT});
      return;
    }
    const time = new Intl.DateTimeFormat(this.#language, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
    const axis = {stroke: color('--dim'), grid: {stroke: color('--line'), width: 1}, ticks: {show: false}, font: '12px system-ui, sans-serif'};
    this.#plot = new uPlot({
      width,
      height: HEIGHT,
      padding: [8, 12, 0, 0],
      legend: {show: false},
      cursor: {show: false},
      scales: {y: {range: (u, low, high) => [0, Math.max(1, (high ?? 0) * 1.1)]}},
      axes: [
        {...axis, size: 28, space: 90, values: (u, splits) => splits.map((at) => time.format(at * 1_000))},
        {...axis, size: 52},
      ],
      series: [{}, ...this.#lines.map((line) => ({
        stroke: color(line.color), width: 2, dash: DASHES[line.stroke], points: {show: false}, spanGaps: false,
      }))],
    }, this.#data, this.#target);
  }
}
