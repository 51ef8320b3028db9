using Serverless.Domain.Webhooks;

namespace Serverless.App.Hosting;

/// <summary>Logs attempts that failed and deliveries that are given up. Addresses are left out: they may hold credentials.</summary>
internal sealed partial class DeliveryLog(DeliverySender sender, ILogger<DeliveryLog> logger)
{
    public void Start()
    {
        sender.Attempted += (delivery, attempt) =>
        {
            if (attempt.Failure is { } failure)
            {
                Failed(delivery.Id, delivery.Webhook, delivery.Tenant, attempt.Number, failure);
            }
        };
        sender.GivenUp += (delivery, reason) => GivenUp(delivery.Id, delivery.Webhook, delivery.Tenant, reason);
    }

    [LoggerMessage(51, LogLevel.Information, "Delivery {Delivery} to webhook {Webhook} of tenant {Tenant}, attempt {Attempt}: {Failure}")]
    private partial void Failed(string delivery, string webhook, string tenant, int attempt, string failure);

    [LoggerMessage(52, LogLevel.Warning, "Delivery {Delivery} to webhook {Webhook} of tenant {Tenant} is a dead letter: {Reason}")]
    private partial void GivenUp(string delivery, string webhook, string tenant, string reason);
}
