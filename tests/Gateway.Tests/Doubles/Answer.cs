using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace JobForge.Gateway.Tests.Doubles;

/// <summary>An answer read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string Code => Json.GetProperty("code").GetString()!;

    public string Message => Json.GetProperty("message").GetString()!;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}

internal static class Calls
{
    public static async Task<Answer> CallAsync(this HttpClient client, string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    public static Task<Answer> ReadAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) => client.CallAsync("GET", path, null, headers);

    public static Task<Answer> SendAsync(this HttpClient client, string path, string? json, params (string Name, string Value)[] headers) =>
        client.CallAsync("POST", path, json, headers);
}
