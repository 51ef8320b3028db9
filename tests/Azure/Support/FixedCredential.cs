using Azure.Core;

namespace Serverless.Azure.Tests.Support;

/// <summary>An identity whose token is good for one scope.</summary>
internal sealed class FixedCredential(string scope) : TokenCredential
{
    public const string Token = "the-token";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Assert.Equal([scope], requestContext.Scopes);
        return new AccessToken(Token, DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}

/// <summary>A service that answers as the test says, and keeps what it was sent.</summary>
internal sealed class FakeService : HttpMessageHandler
{
    private readonly Queue<int> statuses = new();

    public List<(HttpRequestMessage Request, string Body)> Requests { get; } = [];

    public int Status { get; set; } = 200;

    /// <summary>Answers the next requests so, before it goes on with <see cref="Status"/>.</summary>
    public void Plan(params int[] next) => Array.ForEach(next, statuses.Enqueue);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request, body));
        var status = statuses.TryDequeue(out var planned) ? planned : Status;
        return new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new ByteArrayContent([]) };
    }
}
