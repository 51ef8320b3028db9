using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Azure.TableStorage;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Azure.Tests.TableStorage;

public sealed class TableClientTests
{
    private const string Secret = "c2VjcmV0LWtleQ==";
    private static readonly SeriesPartition Partition = new("acme", "iot", 0);
    private readonly List<(string Method, string Uri, string Authorization)> sent = [];

    [Fact]
    public async Task With_an_identity_requests_carry_a_token_for_storage()
    {
        var credential = new FixedCredential();
        var options = new AzureTableOptions { Endpoint = new Uri("https://acme.table.core.windows.net") };
        var store = Store(TableStorageRegistration.Connect(options, credential), () => new FixedResponse(404, ""));

        Assert.Equal(0, await store.GetSealedVersionAsync(Partition, default));
        var (method, uri, authorization) = Assert.Single(sent);
        Assert.Equal(("GET", "Bearer a-token"), (method, authorization));
        Assert.Equal(
            "https://acme.table.core.windows.net/series(PartitionKey='acme~iot~0~s',RowKey='a-version')?$select=Number,Timestamp",
            Uri.UnescapeDataString(uri)
        );
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
    }

    [Fact]
    public async Task A_shared_access_signature_stands_once_in_each_attempts_query_and_in_no_error()
    {
        var connection = TableConnection.Parse(
            $"TableEndpoint=https://acme.table.core.windows.net;SharedAccessSignature=?sv=1&sig={Secret}"
        );
        var store = Store(connection, () => FixedResponse.Error(503, "ServerBusy", ("Retry-After", "0")));

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetSealedVersionAsync(Partition, default));
        Assert.Equal(3, sent.Count);
        Assert.All(sent, request => Assert.EndsWith($"$select=Number,Timestamp&sv=1&sig={Secret}", request.Uri, StringComparison.Ordinal));
        Assert.Equal("Table Storage at acme.table.core.windows.net cannot answer now (503 ServerBusy).", error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "may not be accessed with this identity (403 AuthorizationPermissionMismatch)")]
    [InlineData(401, "InvalidAuthenticationInfo", "may not be accessed with this identity (401 InvalidAuthenticationInfo)")]
    [InlineData(429, "TooManyRequests", "cannot answer now (429 TooManyRequests)")]
    [InlineData(500, "InternalError", "cannot answer now (500 InternalError)")]
    public async Task An_account_that_does_not_answer_or_refuses_the_caller_is_unavailable(int status, string code, string message)
    {
        var store = Store(Connection(), () => FixedResponse.Error(status, code));

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AppendAsync(Partition, new byte[1], default));
        Assert.Equal($"Table Storage at acme.table.core.windows.net {message}.", error.Message);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_the_service_does_not_understand_is_a_defect()
    {
        var store = Store(Connection(), () => FixedResponse.Error(400, "InvalidInput"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.GetSealedVersionAsync(Partition, default));
    }

    [Fact]
    public async Task An_answer_that_is_no_json_is_unavailable()
    {
        var store = Store(Connection(), () => new FixedResponse(200, "<html>Bad gateway"));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetSealedVersionAsync(Partition, default));
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_and_not_unavailable()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var store = Store(Connection(), () => new FixedResponse(404, ""));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetSealedVersionAsync(Partition, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.AppendAsync(Partition, new byte[1], cancelled.Token));
    }

    [Theory]
    [InlineData("AccountName=a", "has neither AccountName and AccountKey nor SharedAccessSignature")]
    [InlineData($"AccountKey={Secret}", "has neither TableEndpoint nor AccountName")]
    [InlineData("AccountName=a;AccountKey=*secret*", "has an AccountKey that is not base64")]
    [InlineData($"TableEndpoint=secret;AccountKey={Secret}", "has a TableEndpoint that is no URI")]
    public void A_connection_string_that_lacks_something_is_refused_without_being_repeated(string text, string message)
    {
        var error = Assert.Throws<FormatException>(() => TableConnection.Parse(text));

        Assert.Equal($"The connection string of Table Storage {message}.", error.Message);
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1")]
    [InlineData($"AccountName=acme;AccountKey={Secret}", "https://acme.table.core.windows.net/")]
    [InlineData(
        $"DefaultEndpointsProtocol=http;AccountName=acme;AccountKey={Secret};EndpointSuffix=core.example",
        "http://acme.table.core.example/"
    )]
    [InlineData($"AccountName=acme;AccountKey={Secret};TableEndpoint=http://localhost:1/acme", "http://localhost:1/acme")]
    public void A_connection_string_says_where_the_account_is(string text, string service) =>
        Assert.Equal(service, TableConnection.Parse(text).Service.AbsoluteUri);

    [Fact]
    public void Registration_needs_an_endpoint_with_a_credential_or_a_connection_string()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentException>(() => services.AddTableStorage(new AzureTableOptions()));
        Assert.Throws<ArgumentException>(() => services.AddTableStorage(new AzureTableOptions { Endpoint = new Uri("https://a") }));
        services.AddTableStorage(new AzureTableOptions { ConnectionString = "UseDevelopmentStorage=true" });
        services.AddSingleton(TimeProvider.System).AddSingleton<SeriesStore>();
        using var provider = services.BuildServiceProvider();
        Assert.IsType<TableRunStore>(provider.GetRequiredService<IRunStore>());
        Assert.Equal(8, provider.GetRequiredService<SeriesOptions>().MergeRows);
    }

    private static TableConnection Connection() => TableConnection.Parse($"AccountName=acme;AccountKey={Secret}");

    private TableRunStore Store(TableConnection connection, Func<FixedResponse> response)
    {
        var options = new TableClientOptions { Transport = new FixedTransport(sent, response) };
        (options.Retry.Delay, options.Retry.MaxRetries) = (TimeSpan.FromMilliseconds(1), 2);
        return new TableRunStore(TableStorageRegistration.Client(connection, "series", options));
    }

    private sealed class FixedTransport(List<(string, string, string)> sent, Func<FixedResponse> response) : HttpPipelineTransport
    {
        public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException("The client is asynchronous.");

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            message.CancellationToken.ThrowIfCancellationRequested();
            var request = message.Request;
            sent.Add(
                (request.Method.Method, request.Uri.ToString(), request.Headers.TryGetValue("Authorization", out var header) ? header : "")
            );
            message.Response = response();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FixedCredential : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext context, CancellationToken cancellation)
        {
            Scopes = context.Scopes;
            return new AccessToken("a-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext context, CancellationToken cancellation) =>
            ValueTask.FromResult(GetToken(context, cancellation));
    }
}
