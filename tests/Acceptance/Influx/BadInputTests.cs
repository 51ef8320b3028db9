using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Influx;

/// <summary>Whatever a client sends, it gets an answer that says what is wrong, and the cloud goes on.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class BadInputTests(SharedCloud shared)
{
    private const int Many = 100_000;

    [Fact]
    public async Task No_request_is_too_bad_for_an_answer()
    {
        using var client = new HttpClient { BaseAddress = shared.Cloud.Http, Timeout = Poll.Patience };
        var wrong = new List<string>();
        foreach (var (name, request, status) in Requests())
        {
            using (request)
            using (var response = await client.SendAsync(request))
            {
                var body = await response.Content.ReadAsStringAsync();
                if (
                    response.StatusCode != status
                    || (status != HttpStatusCode.NoContent && !body.Contains("error", StringComparison.Ordinal))
                )
                {
                    wrong.Add($"{name}: {(int)response.StatusCode} {body[..Math.Min(200, body.Length)]}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        using var after = await client.SendAsync(Query("SHOW DATABASES"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Equal(0, shared.Cloud.Output.Count("failed unexpectedly"));
    }

    private static IEnumerable<(string Name, HttpRequestMessage Request, HttpStatusCode Status)> Requests()
    {
        const HttpStatusCode Bad = HttpStatusCode.BadRequest;
        const HttpStatusCode Unauthorized = HttpStatusCode.Unauthorized;
        const HttpStatusCode Ok = HttpStatusCode.OK;

        yield return ("no credentials", With(Query("SHOW DATABASES"), null), Unauthorized);
        yield return ("a bad token", With(Query("SHOW DATABASES"), new("Bearer", "a.b.c")), Unauthorized);
        yield return ("a token of rubbish", With(Query("SHOW DATABASES"), new("Bearer", new string('.', 5000))), Unauthorized);
        yield return ("bad base64", With(Query("SHOW DATABASES"), new("Basic", "%%%")), Unauthorized);
        yield return ("a bad password", With(Write("m v=1"), new("Token", "admin:wrong")), Unauthorized);

        yield return ("no query", Query(""), Bad);
        yield return ("no statement", Query("nonsense"), Bad);
        yield return ("an open string", Query("SELECT 'x FROM m"), Bad);
        yield return ("half a character", Post("/query", Bytes("q=SHOW \xff\xfe", "application/x-www-form-urlencoded")), Bad);
        yield return ("a NUL", Query("SELECT \0 FROM m"), Bad);
        yield return ("parentheses", Query($"SELECT {new string('(', Many)}v{new string(')', Many)} FROM m"), Bad);
        yield return ("signs", Query($"SELECT {string.Concat(Enumerable.Repeat("-(", Many))}v FROM m"), Bad);
        yield return ("inner queries", Query(string.Concat(Enumerable.Repeat("SELECT * FROM (", Many)) + "m"), Bad);
        yield return ("a long sum", Query($"SELECT v{string.Concat(Enumerable.Repeat(" + v", Many))} FROM m"), Bad);
        yield return ("a long condition", Query($"SELECT v FROM m WHERE v=1{string.Concat(Enumerable.Repeat(" OR v=1", Many))}"), Bad);
        yield return ("a long statement", Query($"SELECT {new string('v', 5_000_000)} FROM m"), Bad);
        yield return ("a broken pattern", Query("SELECT v FROM /(/"), Bad);
        yield return ("a slow pattern", Query("SELECT v FROM /(a{1000}){1000}/"), Bad);
        yield return ("a huge number", Query("SELECT v FROM m WHERE v = 99999999999999999999999"), Bad);
        yield return ("a huge duration", Query("SELECT mean(v) FROM m GROUP BY time(99999999999999w)"), Bad);
        yield return ("an unknown database", Query("SELECT v FROM m", "?db=nowhere"), Ok);
        yield return ("an unknown function", Query("SELECT frobnicate(v) FROM m"), Ok);

        yield return ("params of rubbish", Query("SELECT v FROM m WHERE h=$h", "?params=%7B"), Bad);
        yield return ("params of another kind", Query("SELECT v FROM m WHERE h=$h", "?params=%7B%22h%22:[1]%7D"), Bad);
        yield return ("deep params", Query("SELECT v FROM m WHERE h=$h", $"?params=%7B%22h%22:{new string('[', 3000)}"), Bad);
        yield return ("half a surrogate pair", Query("SELECT v FROM m WHERE h=$h", "?params=%7B%22h%22:%22%5Cud800%22%7D"), Bad);
        yield return ("a broken form", Post("/query", Bytes("--x\r\n", "multipart/form-data; boundary=y")), Bad);
        yield return ("a form without a boundary", Post("/query", Bytes("q=1", "multipart/form-data")), Bad);
        yield return ("a huge form", Query(new string('x', 11_000_000)), HttpStatusCode.RequestEntityTooLarge);

        yield return ("a write to nowhere", Write("m v=1", "?db=nowhere"), HttpStatusCode.NotFound);
        yield return ("a line of rubbish", Write("rubbish"), Bad);
        yield return ("a field of rubbish", Write("m v=x"), Bad);
        yield return ("a time of rubbish", Write("m v=1 99999999999999999999"), Bad);
        yield return ("bytes", Post("/write", Bytes("\0\x1\xff\xfe,=\\ \"", "text/plain")), Bad);
        yield return ("a long name", Write($"{new string('m', 70_000)} v=1"), Bad);
        yield return ("no such precision", Write("m v=1 x", "?precision=fortnight"), Bad);
        yield return ("no such consistency", Write("m v=1", "?consistency=some"), Bad);
        yield return ("no gzip", Compressed("m v=1"u8.ToArray()), Bad);
        yield return ("half a gzip", Compressed(Gzip.Compress("m v=1 1000000000")[..12]), Bad);
        yield return ("a gzip bomb", Compressed(Gzip.Compress(new string(' ', 40_000_000))), HttpStatusCode.RequestEntityTooLarge);
        yield return ("a huge body", Write(new string('#', 26_000_000)), HttpStatusCode.RequestEntityTooLarge);
    }

    private static HttpRequestMessage Query(string query, string parameters = "?db=iot") =>
        Post($"/query{parameters}", Bytes($"q={WebUtility.UrlEncode(query)}", "application/x-www-form-urlencoded"));

    private static HttpRequestMessage Write(string lines, string parameters = "?db=iot") =>
        Post($"/write{parameters}", Bytes(lines, "text/plain"));

    private static HttpRequestMessage Compressed(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentEncoding.Add("gzip");
        return Post("/write", content);
    }

    private static HttpRequestMessage Post(string path, HttpContent content)
    {
        var admin = Encoding.UTF8.GetBytes($"{SharedCloud.Admin.Name}:{SharedCloud.Admin.Password}");
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return With(request, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(admin)));
    }

    private static HttpRequestMessage With(HttpRequestMessage request, AuthenticationHeaderValue? authentication)
    {
        request.Headers.Authorization = authentication;
        return request;
    }

    private static ByteArrayContent Bytes(string latin, string type)
    {
        var content = new ByteArrayContent(Encoding.Latin1.GetBytes(latin));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
