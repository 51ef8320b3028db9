using Serverless.Domain.Webhooks;

namespace Serverless.Domain.Tests.Webhooks;

public sealed class WebhookRulesTests
{
    private static readonly WebhookOptions Options = new()
    {
        Allow = new HashSet<string> { "localhost:9000", "127.0.0.1:9001" },
        Ports = new HashSet<int> { 443, 8443 },
    };

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:8443/a/b?c=d")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("http://localhost:9000/")]
    [InlineData("http://LOCALHOST:9000/")]
    [InlineData("https://127.0.0.1:9001/")]
    public void May_be_called(string url) => Assert.NotNull(WebhookRules.CheckUrl(url, Options));

    [Theory]
    [InlineData("")]
    [InlineData("/relative")]
    [InlineData("example.com")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://example.com/")]
    [InlineData("https://example.com:8080/")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://user:pass@localhost:9000/")]
    [InlineData("https://example.com/#fragment")]
    [InlineData("http://localhost:9001/")]
    [InlineData("https://localhost:9002/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.0.0.1/")]
    [InlineData("https://0177.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public void May_not_be_called(string url)
    {
        var refused = Assert.Throws<DomainException>(() => WebhookRules.CheckUrl(url, Options));

        Assert.Equal((Refusal.Invalid, "url"), (refused.Refusal, refused.Member));
    }

    [Fact]
    public void A_url_of_great_length_is_refused() =>
        Assert.Throws<DomainException>(() => WebhookRules.CheckUrl($"https://example.com/{new string('a', 2048)}", Options));

    [Theory]
    [InlineData("Authorization", "Bearer abc")]
    [InlineData("X-Api-Key", "1")]
    [InlineData("x-empty", "")]
    public void A_header_of_its_own_is_taken(string name, string value) => Check(Hook() with { Headers = Of(name, value) });

    [Theory]
    [InlineData("Host", "example.com")]
    [InlineData("content-length", "1")]
    [InlineData("Content-Type", "text/plain")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("Cookie", "a=b")]
    [InlineData("WEBHOOK-SIGNATURE", "v1,x")]
    [InlineData("webhook-request-origin", "x")]
    [InlineData("ce-id", "1")]
    [InlineData("aeg-event-type", "Notification")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Proxy-Authorization", "x")]
    [InlineData("Metadata-Flavor", "a\nb")]
    [InlineData("X-Split", "a\r\nHost: b")]
    [InlineData("X-Tab", "a\tb")]
    [InlineData("X-Space", " a")]
    [InlineData("X-Umlaut", "ä")]
    [InlineData("X Space", "a")]
    [InlineData("", "a")]
    [InlineData("X:Y", "a")]
    public void A_header_of_others_is_refused(string name, string value)
    {
        var refused = Assert.Throws<DomainException>(() => Check(Hook() with { Headers = Of(name, value) }));

        Assert.StartsWith("headers", refused.Member, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_has_a_bound()
    {
        var many = Enumerable.Range(0, 300).Select(number => $"{number}").ToList();

        Assert.Equal("types", Wrong(Hook() with { Types = many }));
        Assert.Equal("types", Wrong(Hook() with { Types = ["a b"] }));
        Assert.Equal("devices", Wrong(Hook() with { Devices = many }));
        Assert.Equal("groups", Wrong(Hook() with { Groups = many }));
        Assert.Equal("headers", Wrong(Hook() with { Headers = many.ToDictionary(name => $"X-{name}", _ => "1") }));
        Assert.Equal("description", Wrong(Hook() with { Description = new string('x', 1025) }));
        Assert.Equal("form", Wrong(Hook() with { Form = "telegram" }));
    }

    private static string? Wrong(Webhook webhook) => Assert.Throws<DomainException>(() => Check(webhook)).Member;

    private static void Check(Webhook webhook) => WebhookRules.Check(webhook, Options, [new CloudEventsForm()]);

    private static Dictionary<string, string> Of(string name, string value) => new() { [name] = value };

    private static Webhook Hook() =>
        new()
        {
            Id = "1",
            Url = "https://example.com/",
            Created = DateTimeOffset.UnixEpoch,
            Updated = DateTimeOffset.UnixEpoch,
        };
}
