/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/*
 * Draws the plots that Java computed; Plot.java describes their data. Only positions and colors are
 * computed here.
 */
'use strict';
(() => {
  const root = document.documentElement;

  const fail = (message) => {
    const place = document.getElementById('errors');
    place.hidden = false;
    place.textContent += message + '\n';
    root.dataset.errors = place.textContent;
  };
  addEventListener('error', (event) => fail(event.message + ' (line ' + event.lineno + ')'));
  addEventListener('unhandledrejection', (event) => fail(String(event.reason)));

  const plots = JSON.parse(document.getElementById('plots').textContent);
  const darkQuery = matchMedia('(prefers-color-scheme: dark)');

  // Hue and saturation of families, lucene-lmdb first. Distinguishable with any kind of color
  // blindness, because they differ in more than red and green.
  const HUES = [[20, 95], [204, 85], [164, 70], [322, 50], [45, 90], [262, 45], [0, 0]];

  // Shapes in a box of 10 by 10, used by ECharts and by the legend.
  const SYMBOLS = [
    'M5 0A5 5 0 1 1 5 10A5 5 0 1 1 5 0Z',
    'M0.5 0.5H9.5V9.5H0.5Z',
    'M5 0L10 9H0Z',
    'M5 0L10 5L5 10L0 5Z',
    'M0 1H10L5 10Z',
    'M3.3 0H6.7V3.3H10V6.7H6.7V10H3.3V6.7H0V3.3H3.3Z',
    'M5 0L6.5 3.2L10 3.7L7.5 6.1L8.1 9.6L5 8L1.9 9.6L2.5 6.1L0 3.7L3.5 3.2Z',
    'M2.5 0.7H7.5L10 5L7.5 9.3H2.5L0 5Z',
    'M0 0L10 5L0 10Z',
    'M10 0L0 5L10 10Z',
  ];
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

  // The colors of the parts of bars, which also have different patterns.
  const PARTS_LIGHT = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#777777'];
  const PARTS_DARK = ['#56b4e9', '#e69f00', '#2fc79b', '#e0a3c6', '#999999'];

  const numbers = new Intl.NumberFormat('en-US', {maximumSignificantDigits: 4});

  const compact = new Intl.NumberFormat('en-US', {notation: 'compact', maximumSignificantDigits: 4});

  const hex = (hue, saturation, lightness) => {
    const l = lightness / 100;
    const a = (saturation / 100) * Math.min(l, 1 - l);
    const channel = (n) => {
      const k = (n + hue / 30) % 12;
      const value = l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
      return Math.round(255 * value).toString(16).padStart(2, '0');
    };
    return '#' + channel(0) + channel(8) + channel(4);
  };

  const colorOf = (series, index) => {
    if (!series.style) {
      const parts = darkQuery.matches ? PARTS_DARK : PARTS_LIGHT;
      return parts[index % parts.length];
    }
    const [hue, saturation] = HUES[Math.min(series.style.family, HUES.length - 1)];
    const {shade, shades} = series.style;
    const part = shades > 1 ? shade / (shades - 1) : 0;
    return hex(hue, saturation, darkQuery.matches ? 74 - 32 * part : 32 + 34 * part);
  };

  const symbolOf = (style) => SYMBOLS[style.index % SYMBOLS.length];
  const dashOf = (style) => DASHES[style.shade % DASHES.length];
  const widthOf = (style) => (style.family === 0 ? 3 : 1.75);

  // Set explicitly for every text: ECharts measures texts of inherited fonts with its default font,
  // and guesses the line height from a letter that many fonts lack.
  const textStyle = (color, size = 12) => ({
    color,
    fontFamily: getComputedStyle(document.body).fontFamily,
    fontSize: size,
    lineHeight: size + 2,
  });

  const theme = () => {
    const style = getComputedStyle(root);
    const color = (name) => style.getPropertyValue(name).trim();
    return {text: color('--text'), faint: color('--faint'), line: color('--line'), card: color('--card')};
  };

  const label = (axis, value) => {
    if (axis.format === 'percent') {
      return numbers.format(100 * value) + '%';
    }
    if (axis.format === 'integer') {
      return Number.isInteger(value) ? String(value) : '';
    }
    return (value >= 1e6 ? compact : numbers).format(value);
  };

  /*
   * The ticks of a logarithmic axis in ECharts are powers of its base. Powers of 10 are too few for
   * most data. So the base is 2 unless that gives too many ticks, and the values are in units of a
   * power of 10, which gives ticks such as 500, 1000, 2000.
   */
  const scaleOf = (axis, values) => {
    if (!axis.log) {
      return {base: 0, unit: 1};
    }
    const min = Math.min(...values);
    const max = Math.max(...values);
    if (axis.format === 'percent' || Math.log2(max / min) > 12) {
      return {base: 10, unit: 1};
    }
    return {base: 2, unit: 10 ** Math.floor(Math.log10(Math.sqrt(min * max)))};
  };

  const axisOf = (axis, scale, colors) => ({
    type: axis.log ? 'log' : 'value',
    ...(axis.log ? {logBase: scale.base, splitNumber: 20} : {scale: true}),
    min: axis.min,
    max: axis.max,
    interval: axis.interval,
    minInterval: axis.format === 'integer' ? 1 : undefined,
    axisLine: {show: true, lineStyle: {color: colors.faint}},
    axisTick: {show: true, lineStyle: {color: colors.faint}},
    axisLabel: {
      ...textStyle(colors.faint),
      hideOverlap: true,
      formatter: (value) => label(axis, value * scale.unit),
    },
    splitLine: {show: true, lineStyle: {color: colors.line}},
    name: axis.name,
    nameTextStyle: textStyle(colors.text),
  });

  const tipElement = (lines) => {
    const element = document.createElement('div');
    element.className = 'tip';
    element.textContent = lines.join('\n');
    return element;
  };

  const tooltip = (colors) => ({
    confine: true,
    backgroundColor: colors.card,
    borderColor: colors.faint,
    textStyle: {color: colors.text},
  });

  const linesOption = (plot, narrow, colors) => {
    const all = plot.series.flatMap((series) => series.points);
    const x = scaleOf(plot.x, all.map((point) => point.x));
    const y = scaleOf(plot.y, all.map((point) => point.y));
    return {
      grid: {left: 4, right: narrow ? 28 : 34, top: 34, bottom: 30, containLabel: true},
      tooltip: {
        ...tooltip(colors),
        trigger: 'item',
        formatter: (item) => tipElement([item.seriesName, item.data.tip]),
      },
      xAxis: {
        ...axisOf(plot.x, x, colors),
        nameLocation: 'middle',
        nameGap: 30,
      },
      yAxis: {
        ...axisOf(plot.y, y, colors),
        nameLocation: 'end',
        nameGap: 14,
        nameTextStyle: {...textStyle(colors.text), align: 'left'},
      },
      series: plot.series.map((series, index) => ({
        type: 'line',
        name: series.name,
        color: colorOf(series, index),
        symbol: 'path://' + symbolOf(series.style),
        symbolKeepAspect: true,
        symbolSize: narrow ? 8 : 9,
        showAllSymbol: true,
        lineStyle: {width: widthOf(series.style), type: dashOf(series.style)},
        emphasis: {focus: 'series'},
        // lucene-lmdb is drawn above the others.
        z: series.style.family === 0 ? 3 : 2,
        data: series.points.map((point) => ({
          value: [point.x / x.unit, point.y / y.unit],
          tip: point.tip,
        })),
      })),
    };
  };

  /* Breaks a name into at most three lines. ECharts itself could split a surrogate pair. */
  const lines = (name, length) => {
    const found = [''];
    for (const word of name.split(/\s+/)) {
      const letters = [...word];
      const last = [...found[found.length - 1]].length;
      if (last > 0 && last + 1 + letters.length <= length) {
        found[found.length - 1] += ' ' + word;
      } else {
        for (let i = 0; i < letters.length; i += length) {
          found.push(letters.slice(i, i + length).join(''));
        }
      }
    }
    const full = found.filter((line) => line);
    return full.length > 3 ? full.slice(0, 2).join('\n') + '\n\u2026' : full.join('\n');
  };

  const barsOption = (plot, narrow, colors) => {
    const stacked = plot.kind === 'STACKED';
    return {
      aria: {enabled: true, label: {description: plot.title}, decal: {show: plot.series.length > 1}},
      grid: {left: 4, right: narrow ? 40 : 60, top: 4, bottom: 30, containLabel: true},
      tooltip: {
        ...tooltip(colors),
        trigger: 'axis',
        axisPointer: {type: 'shadow'},
        formatter: (items) =>
          tipElement([
            items[0].name,
            ...items
              .filter((item) => item.data.tip)
              .map((item) => item.seriesName + ': ' + item.data.tip.split('\n').pop()),
          ]),
      },
      xAxis: {
        ...axisOf(plot.x, {base: 0, unit: 1}, colors),
        scale: false,
        splitNumber: narrow ? 3 : 6,
        nameLocation: 'middle',
        nameGap: 30,
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: plot.categories,
        axisLine: {lineStyle: {color: colors.faint}},
        axisTick: {show: false},
        axisLabel: {
          ...textStyle(colors.text),
          interval: 0,
          formatter: (name) => lines(name, narrow ? 15 : 36),
        },
      },
      series: plot.series.map((series, index) => ({
        type: 'bar',
        name: series.name,
        color: colorOf(series, index),
        stack: stacked ? 'all' : undefined,
        barMaxWidth: stacked ? 20 : 13,
        barGap: '15%',
        label: {
          show: !stacked,
          position: 'right',
          ...textStyle(colors.faint, 11),
          formatter: (item) => numbers.format(item.value),
        },
        data: plot.categories.map((_, category) => {
          const point = series.points.find((p) => p.y === category);
          return point ? {value: point.x, tip: point.tip} : {value: null};
        }),
      })),
    };
  };

  /* The page has its own legends: those of ECharts cover the plot if they have several lines. */
  const swatch = (series, index) => {
    const color = colorOf(series, index);
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const add = (name, attributes) => {
      const element = document.createElementNS(svg.namespaceURI, name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      svg.append(element);
    };
    svg.setAttribute('width', series.style ? 34 : 14);
    svg.setAttribute('height', 14);
    svg.setAttribute('aria-hidden', 'true');
    if (series.style) {
      add('path', {
        d: 'M0 7H34',
        stroke: color,
        'stroke-width': widthOf(series.style),
        'stroke-dasharray': dashOf(series.style).join(' '),
      });
      add('path', {d: symbolOf(series.style), fill: color, transform: 'translate(12 2)'});
    } else {
      add('rect', {width: 14, height: 14, rx: 2, fill: color});
    }
    return svg;
  };

  class Chart {
    constructor(plot) {
      this.plot = plot;
      this.figure = document.getElementById('plot-' + plot.id);
      this.place = this.figure.querySelector('.chart');
      this.hidden = new Set();
    }

    draw() {
      this.chart?.dispose();
      const {plot, place} = this;
      const bars = plot.kind !== 'LINES';
      if (bars) {
        const rows = plot.categories.length;
        const row = plot.kind === 'STACKED' ? 38 : 14 + 17 * plot.series.length;
        place.style.height = 70 + rows * Math.max(row, 38) + 'px';
      }
      this.narrow = place.clientWidth < 480;
      this.width = place.clientWidth;
      const colors = theme();
      this.chart = echarts.init(place, null, {renderer: 'svg'});
      const finished = new Promise((resolve) => this.chart.on('finished', resolve));
      this.chart.setOption({
        animation: false,
        // Required by the action that the page's own legend triggers.
        legend: {show: false, selected: Object.fromEntries([...this.hidden].map((name) => [name, false]))},
        aria: {enabled: true, label: {description: plot.title}},
        ...(bars ? barsOption : linesOption)(plot, this.narrow, colors),
      });
      this.figure.dataset.colors = plot.series.map(colorOf).join(' ');
      this.drawLegend();
      return finished;
    }

    drawLegend() {
      const legend = this.figure.querySelector('.legend');
      legend.replaceChildren(
        ...this.plot.series.map((series, index) => {
          const button = document.createElement('button');
          button.type = 'button';
          button.title = 'Show or hide';
          button.setAttribute('aria-pressed', String(!this.hidden.has(series.name)));
          button.append(swatch(series, index), series.name);
          button.addEventListener('click', () => {
            const shown = this.hidden.delete(series.name);
            if (!shown) {
              this.hidden.add(series.name);
            }
            button.setAttribute('aria-pressed', String(shown));
            this.chart.dispatchAction({type: 'legendToggleSelect', name: series.name});
          });
          return button;
        }),
      );
    }

    fit() {
      const width = this.place.clientWidth;
      if (width === this.width) {
        return;
      }
      if (this.narrow !== width < 480) {
        this.draw();
      } else {
        this.width = width;
        this.chart.resize();
      }
    }
  }

  const charts = plots.map((plot) => new Chart(plot));
  Promise.all(charts.map((chart) => chart.draw())).then(() => {
    root.dataset.ready = 'true';
  });
  darkQuery.addEventListener('change', () => charts.forEach((chart) => chart.draw()));
  addEventListener('resize', () => charts.forEach((chart) => chart.fit()));

  document.getElementById('save').addEventListener('click', () => {
    const result = document.getElementById('result').textContent;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([result], {type: 'application/json'}));
    link.download = 'result.json';
    link.click();
    URL.revokeObjectURL(link.href);
  });
})();
