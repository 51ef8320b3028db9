using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Local.Outbox;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Outbox;

/// <summary>An outbox on a database of its own, with a dispatcher that can be stopped and started.</summary>
internal sealed class OutboxFixture : IAsyncDisposable
{
    private readonly SqliteFixture sqlite = new();
    private readonly OutboxSignal signal = new();
    private CancellationTokenSource? running;
    private Task dispatching = Task.CompletedTask;

    public OutboxFixture(Func<IDocumentStore, IDocumentStore>? wrap = null)
    {
        Store = wrap?.Invoke(sqlite.Store) ?? sqlite.Store;
        Publisher = new OutboxEventPublisher(Store, signal, Time);
    }

    public ManualTime Time => sqlite.Time;

    public IDocumentStore Store { get; }

    public OutboxEventPublisher Publisher { get; }

    public void Start(params IEventHandler[] handlers)
    {
        running = new CancellationTokenSource();
        var dispatcher = new OutboxDispatcher(Store, signal, handlers, Time, NullLogger<OutboxDispatcher>.Instance);
        dispatching = Task.Run(() => dispatcher.RunAsync(running.Token));
    }

    public async Task StopAsync()
    {
        if (running is not null)
        {
            await running.CancelAsync();
            await dispatching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            running.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await sqlite.DisposeAsync();
    }
}
