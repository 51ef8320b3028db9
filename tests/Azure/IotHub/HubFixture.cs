using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Azure.IotHub;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>A gateway on a fake hub; the pipeline tries again at once.</summary>
internal sealed class HubFixture
{
    public HubFixture()
        : this(null) { }

    /// <param name="refused">Why there is no token, or null where there is.</param>
    public HubFixture(Exception? refused)
    {
        var options = new IotHubClientOptions { Transport = new HttpClientTransport(Hub) };
        (options.Retry.Delay, options.Retry.MaxDelay, options.Retry.MaxRetries) = (TimeSpan.Zero, TimeSpan.Zero, 3);
        Client = new IotHubClient(new Uri("https://hub.example"), new FixedCredential(refused), options);
        Gateway = new IotHubGateway(Client);
    }

    public FakeIotHub Hub { get; } = new();

    public IotHubClient Client { get; }

    public IotHubGateway Gateway { get; }

    private sealed class FixedCredential(Exception? refused) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://iothubs.azure.net/.default"], requestContext.Scopes);
            return refused is not null ? throw refused : new AccessToken("the-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
