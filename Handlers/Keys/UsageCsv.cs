using System.Globalization;
using System.Text;
using JobForge.Contracts.Json;

namespace JobForge.Handlers.Keys;

/// <summary>The usage report as RFC 4180 text, one line a key and bucket.</summary>
public static class UsageCsv
{
    public static string Write(UsageReport report)
    {
        var text = new StringBuilder("key_id,bucket_start,requests,bytes\r\n");
        foreach (var key in report.KeysBreakdown)
        {
            foreach (var bucket in key.Buckets)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Cell(key.KeyId)},{Timestamp.Format(bucket.Start)},{bucket.Requests},{bucket.Bytes}\r\n");
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// A spreadsheet runs a cell that starts like a formula, and key ids are other people's text: such a cell gets a leading apostrophe.
    /// </summary>
    private static string Cell(string value)
    {
        var safe = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + value : value;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
