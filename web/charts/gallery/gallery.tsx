import type { ReactNode } from 'react';
import { DashboardView } from '../../panels/DashboardView.tsx';
import {
  AutoSize,
  BarGauge,
  ChartSettingsProvider,
  CrosshairProvider,
  DataTable,
  FanChart,
  Sparkline,
  Stat,
  StateTimeline,
  type Threshold,
  TimeSeriesChart,
} from '../index.ts';
import { runSampleQuery } from './run-sample-query.ts';
import {
  alertBands,
  annotations,
  density,
  extremes,
  FROM_MS,
  fan,
  funnel,
  many,
  NOW_MS,
} from './sample-data.ts';

const range = { fromMs: FROM_MS, toMs: NOW_MS };
const limits: readonly Threshold[] = [
  { value: 2, label: 'warning', state: 'warning' },
  { value: 3, label: 'page', state: 'page' },
  { value: 4, label: 'safety', state: 'safety' },
];

/** Every chart with data that is full, odd, empty and large: to be looked at, not shipped. */
export function Gallery({ locale, dashboard }: { readonly locale: string; readonly dashboard?: unknown }) {
  if (dashboard !== undefined)
    return (
      <main style={{ padding: 16 }}>
        <DashboardView
          dashboard={dashboard}
          variables={{ campaign: 'one-cent-tickets' }}
          range={range}
          refreshMs={null}
          live={false}
          runQuery={runSampleQuery}
          annotations={annotations}
          onRangeChange={() => undefined}
          onExplore={() => undefined}
          onVariablesChange={() => undefined}
          locale={locale}
          timeZone="Asia/Shanghai"
        />
      </main>
    );
  return (
    <ChartSettingsProvider locale={locale} timeZone="Asia/Shanghai">
      <CrosshairProvider>
        <main
          style={{
            display: 'grid',
            gap: 12,
            padding: 16,
            gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))',
          }}
        >
          <Charts />
        </main>
      </CrosshairProvider>
    </ChartSettingsProvider>
  );
}

function Charts() {
  return (
    <>
      <Card title="Funnel: table legend, annotations, alert strip">
        <AutoSize height={300}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Funnel"
              series={funnel}
              range={range}
              unit="suffix:orders/min"
              legend="table"
              annotations={annotations}
              alertStates={alertBands}
              onZoom={() => undefined}
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Density: thresholds, direct labels">
        <AutoSize height={300}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Density"
              series={density}
              range={range}
              unit="suffix:persons/m²"
              legend="hidden"
              thresholds={limits}
              alertStates={alertBands}
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Stacked">
        <AutoSize height={260}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Stacked"
              series={funnel}
              range={range}
              unit="short"
              stacked
              legend="list"
            />
          )}
        </AutoSize>
      </Card>
      <Card title="60 series on a canvas">
        <AutoSize height={260}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Stores"
              series={many}
              range={range}
              unit="percent"
              legend="table"
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Forecast fan">
        <AutoSize height={260}>
          {(size) => (
            <FanChart
              {...size}
              title="Density forecast"
              points={fan}
              range={{ fromMs: NOW_MS - 3_600_000, toMs: NOW_MS + 48 * 3_600_000 }}
              nowMs={NOW_MS}
              unit="suffix:persons/m²"
              thresholds={limits}
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Odd values">
        <AutoSize height={260}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Odd"
              series={extremes}
              range={range}
              unit="short"
              legend="list"
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Seconds, one series, far threshold">
        <AutoSize height={220}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Wait"
              series={[{ ...funnel[3]!, name: 'p95' }]}
              range={range}
              unit="s"
              legend="list"
              thresholds={[{ value: 6_000, label: 'page', state: 'page' }]}
            />
          )}
        </AutoSize>
      </Card>
      <Card title="No data at all">
        <AutoSize height={220}>
          {(size) => <TimeSeriesChart {...size} title="Empty" series={[]} range={range} unit="short" />}
        </AutoSize>
      </Card>
      <Card title="Table view">
        <AutoSize height={220}>
          {(size) => (
            <TimeSeriesChart
              {...size}
              title="Funnel"
              series={funnel}
              range={range}
              unit="short"
              view="table"
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Bars">
        <BarGauge
          title="Density now"
          unit="suffix:persons/m²"
          thresholds={limits}
          items={[
            { name: 'north', value: 1.3 },
            { name: 'south, beside the metro, with a long name that does not fit', value: 3.4 },
            { name: 'east', value: 4.6 },
            { name: 'west', value: null },
          ]}
        />
      </Card>
      <Card title="Figures">
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(3, 1fr)', gap: 12 }}>
          <Stat
            title="Orders"
            value={12_431.4}
            unit="suffix:orders/min"
            points={funnel[0]!.points}
            width={130}
            height={96}
          />
          <Stat
            title="Under the floor"
            value={3_214}
            decimals={0}
            unit="suffix:units"
            state="page"
            width={130}
            height={96}
          />
          <Stat
            title="Density"
            value={4.61}
            decimals={1}
            unit="suffix:persons/m²"
            thresholds={limits}
            width={130}
            height={96}
          />
          <Stat title="Revenue" value={1_234_567.8} unit="currencyCNY" width={130} height={96} />
          <Stat title="Failures" value={0} unit="percentunit" state="good" width={130} height={96} />
          <Stat title="Telemetry" value={null} unit="short" width={130} height={96} />
        </div>
        <p>
          Sparklines: <Sparkline title="orders" points={funnel[0]!.points} />
          <Sparkline title="nothing" points={[]} />
        </p>
      </Card>
      <Card title="States">
        <AutoSize height={90}>
          {({ width }) => (
            <StateTimeline
              title="Alerts"
              width={width}
              range={range}
              rows={[
                { name: 'PriceFloor', bands: alertBands },
                { name: 'Quota', bands: [{ fromMs: FROM_MS, toMs: NOW_MS, state: 'inactive' }] },
              ]}
            />
          )}
        </AutoSize>
      </Card>
      <Card title="Table">
        <div style={{ height: 160 }}>
          <DataTable
            title="Gates"
            columns={[
              { key: 'gate', title: 'Gate', kind: 'text' },
              { key: 'lanes', title: 'Lanes', kind: 'number' },
              { key: 'density', title: 'Density', kind: 'number', unit: 'suffix:persons/m²', decimals: 1 },
            ]}
            rows={[
              { gate: 'north', lanes: 2, density: 1.34 },
              { gate: 'south', lanes: 1, density: null },
            ]}
          />
        </div>
      </Card>
    </>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section
      style={{
        minWidth: 0,
        padding: 10,
        border: '1px solid var(--tw-border)',
        borderRadius: 6,
        background: 'var(--tw-surface)',
      }}
    >
      <h2 style={{ margin: '0 0 6px', fontSize: 12 }}>{title}</h2>
      {children}
    </section>
  );
}
