using Serverless.Contracts.Events;
using Serverless.Domain.Events;

namespace Serverless.Local.Tests.Outbox;

public sealed class OutboxEventPublisherTests : EventPublisherContract
{
    private readonly OutboxFixture outbox = new();

    protected override Task<IEventPublisher> OpenAsync(IEventHandler handler)
    {
        outbox.Start(handler);
        return Task.FromResult<IEventPublisher>(outbox.Publisher);
    }

    protected override async Task CloseAsync() => await outbox.DisposeAsync();
}
