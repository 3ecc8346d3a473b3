using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace JobForge.Gateway.Observability;

/// <summary>One metric and its series, one for each set of labels.</summary>
internal sealed class MetricFamily
{
    /// <summary>A metric whose labels run away must not take the memory with it.</summary>
    private const int MaxSeries = 2000;

    private static readonly double[] SecondBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] CountBuckets = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _help;
    private readonly Kind _kind;
    private readonly double[] _buckets;

    private MetricFamily(string name, string help, Kind kind, double[] buckets) => (Name, _help, _kind, _buckets) = (name, help, kind, buckets);

    private enum Kind
    {
        Counter,
        ObservedCounter,
        Sum,
        Gauge,
        Histogram,
    }

    public string Name { get; }

    public static MetricFamily For(Instrument instrument)
    {
        var kind = KindOf(instrument.GetType().GetGenericTypeDefinition());
        var name = Legal(instrument.Name) + instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        var isCounter = kind is Kind.Counter or Kind.ObservedCounter;
        return new(isCounter ? name + "_total" : name, instrument.Description ?? "", kind, instrument.Unit is "s" ? SecondBuckets : CountBuckets);
    }

    public static string Legal(string name) => string.Create(name.Length, name, static (target, source) =>
    {
        for (var index = 0; index < source.Length; index++)
        {
            target[index] = char.IsAsciiLetterOrDigit(source[index]) ? source[index] : '_';
        }
    });

    public void Record(double value, string labels)
    {
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= MaxSeries)
            {
                return;
            }

            series = _series.GetOrAdd(labels, static (_, buckets) => new(buckets), _kind == Kind.Histogram ? _buckets.Length : 0);
        }

        lock (series)
        {
            series.Value = _kind is Kind.Gauge or Kind.ObservedCounter ? value : series.Value + value;
            if (_kind == Kind.Histogram)
            {
                series.Count++;
                Increment(series.Buckets, value);
            }
        }
    }

    public void Render(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(_help.ReplaceLineEndings(" ")).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeWord()).Append('\n');
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            lock (series)
            {
                RenderSeries(text, labels, series);
            }
        }
    }

    private void RenderSeries(StringBuilder text, string labels, Series series)
    {
        if (_kind != Kind.Histogram)
        {
            Line(text, Name, labels, series.Value);
            return;
        }

        var prefix = labels.Length == 0 ? "" : labels + ",";
        for (var index = 0; index < _buckets.Length; index++)
        {
            Line(text, Name + "_bucket", $"{prefix}le=\"{_buckets[index].ToString(CultureInfo.InvariantCulture)}\"", series.Buckets[index]);
        }

        Line(text, Name + "_bucket", prefix + "le=\"+Inf\"", series.Count);
        Line(text, Name + "_sum", labels, series.Value);
        Line(text, Name + "_count", labels, series.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Buckets are cumulative in this format.</summary>
    private void Increment(long[] counts, double value)
    {
        for (var index = _buckets.Length - 1; index >= 0 && value <= _buckets[index]; index--)
        {
            counts[index]++;
        }
    }

    private string TypeWord() => _kind switch
    {
        Kind.Histogram => "histogram",
        Kind.Counter or Kind.ObservedCounter => "counter",
        _ => "gauge",
    };

    private static Kind KindOf(Type type) =>
        type == typeof(Histogram<>) ? Kind.Histogram
        : type == typeof(Counter<>) ? Kind.Counter
        : type == typeof(ObservableCounter<>) ? Kind.ObservedCounter
        : type == typeof(UpDownCounter<>) ? Kind.Sum
        : Kind.Gauge;

    private sealed class Series(int buckets)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[buckets];
    }
}
