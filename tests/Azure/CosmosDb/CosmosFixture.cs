using System.Text;
using Serverless.Azure.CosmosDb;
using Serverless.Azure.Tests.Support;
using Serverless.Contracts;
using Serverless.Domain.Documents;

namespace Serverless.Azure.Tests.CosmosDb;

/// <summary>A store whose requests can be made to fail, and beside it another instance of the program whose requests are not.</summary>
internal sealed class CosmosFixture : IAsyncDisposable
{
    public const string Partition = "acme";
    public const string Kind = Kinds.Device;

    private readonly CosmosConnection connection;
    private readonly CosmosConnection other;

    private CosmosFixture(CosmosOptions options)
    {
        Options = options;
        connection = CosmosConnection.Open(options, null, () => new HttpClient(Faults, disposeHandler: false));
        other = CosmosConnection.Open(options, null);
        Store = connection.Documents(Time);
        Other = other.Documents(Time);
    }

    public CosmosOptions Options { get; }

    public ManualTime Time { get; } = new();

    public FaultHandler Faults { get; } = new();

    public CosmosDocumentStore Store { get; }

    public CosmosDocumentStore Other { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<CosmosFixture> OpenAsync(CosmosServer server)
    {
        var options = server.NewContainer() with { ThrottleRetries = 3, ThrottleWait = TimeSpan.FromSeconds(1) };
        var fixture = new CosmosFixture(options);
        await fixture.connection.CreateContainerAsync(Cancellation);
        return fixture;
    }

    public static DocumentWrite Write(WriteMode mode, string id, string body = "{}", string? ifMatch = null) =>
        new(mode, Kind, id, mode == WriteMode.Delete ? default : Encoding.UTF8.GetBytes(body), ifMatch);

    public Task<IReadOnlyList<string?>> Commit(params IReadOnlyList<DocumentWrite> writes) =>
        Store.CommitAsync(Partition, writes, Cancellation);

    public Task<IReadOnlyList<string?>> CommitElsewhere(params IReadOnlyList<DocumentWrite> writes) =>
        Other.CommitAsync(Partition, writes, Cancellation);

    /// <summary>What the other instance reads.</summary>
    public async Task<(string? Body, string? ETag)> Read(string id)
    {
        var document = await Other.GetAsync(new DocumentKey(Partition, Kind, id), Cancellation);
        return (document is null ? null : Encoding.UTF8.GetString(document.Body.Span), document?.ETag);
    }

    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        other.Dispose();
        Faults.Dispose();
        await ValueTask.CompletedTask;
    }
}
