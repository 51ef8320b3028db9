using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Python;

/// <summary>The official Python client's calls, recorded: what it sends, and the members of the answers that it reads.</summary>
[Collection(SharedCloudTests.Name)]
public sealed partial class PythonClientTests(SharedCloud shared) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = shared.Cloud.Http };
    private readonly Dictionary<string, string> variables = new()
    {
        ["name"] = $"py{Guid.NewGuid():N}"[..12],
        ["now"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["user"] = SharedCloud.Admin.Name,
        ["password"] = WebUtility.UrlEncode(SharedCloud.Admin.Password),
        ["bootstrap"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"management/devicebootstrap:{SharedCloud.DeviceBootstrap}")),
        ["basic"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{SharedCloud.Admin.Name}:{SharedCloud.Admin.Password}")),
    };

    public static TheoryData<string> Sessions => new(RecordedSession.Names);

    public void Dispose() => http.Dispose();

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_calls_of_the_official_Python_client_get_what_it_reads(string session)
    {
        foreach (var call in RecordedSession.Read(session))
        {
            if (call.Method == "WAIT")
            {
                await Poll.UntilAsync(call.Target, async () => await DifferenceAsync(call) is null);
                continue;
            }

            var difference = await DifferenceAsync(call);
            Assert.True(difference is null, $"{call.Method} {Fill(call.Target)}: {difference}");
        }
    }

    private async Task<string?> DifferenceAsync(RecordedCall call)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method == "WAIT" ? "GET" : call.Method), Fill(call.Target));
        var headers = new Dictionary<string, string>(RecordedSession.Defaults);
        foreach (var (name, value) in call.Headers)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in headers.Where(header => header.Key != "Content-Type" && header.Value != "none"))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, Fill(value)));
        }

        if (call.Body is { } body)
        {
            var type = headers.GetValueOrDefault("Content-Type", "application/json");
            var isMultipart = type.StartsWith("multipart/", StringComparison.Ordinal);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fill(isMultipart ? body.ReplaceLineEndings("\r\n") : body)));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Fill(type));
        }

        using var response = await http.SendAsync(request);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [];
        var answer = new RecordedAnswer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            cookies.Select(cookie => cookie.Split(';')[0].Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1])
        );
        return answer.Differs(call, Fill, variables);
    }

    private string Fill(string text) =>
        VariablePattern().Replace(text, match => variables.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex VariablePattern();
}
