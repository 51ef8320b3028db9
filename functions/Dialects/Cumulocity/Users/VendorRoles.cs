using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Users;

/// <summary>The vendor's names of what our roles allow: applications show or hide their parts by them.</summary>
internal static class VendorRoles
{
    private static readonly string[] Areas = ["INVENTORY", "MEASUREMENT", "EVENT", "ALARM", "DEVICE_CONTROL", "AUDIT"];

    private static readonly string[] Reading =
    [
        .. Areas.Select(area => $"ROLE_{area}_READ"),
        "ROLE_IDENTITY_READ",
        "ROLE_RETENTION_RULE_READ",
        "ROLE_OPTION_MANAGEMENT_READ",
        "ROLE_USER_MANAGEMENT_OWN_READ",
        "ROLE_USER_MANAGEMENT_OWN_ADMIN",
    ];

    private static readonly string[] Writing =
    [
        .. Areas.Select(area => $"ROLE_{area}_ADMIN"),
        "ROLE_IDENTITY_ADMIN",
        "ROLE_BULK_OPERATION_READ",
        "ROLE_BULK_OPERATION_ADMIN",
        "ROLE_NOTIFICATION_2_ADMIN",
    ];

    private static readonly string[] Running = ["ROLE_RETENTION_RULE_ADMIN", "ROLE_OPTION_MANAGEMENT_ADMIN", "ROLE_TENANT_ADMIN"];

    public static IReadOnlyList<string> Of(Caller caller) =>
        [
            .. caller.MayRead ? Reading : [],
            .. caller.MayWrite ? Writing : [],
            .. caller.MayAdminister ? Running : [],
            .. caller.Is(Roles.Device) ? new[] { "ROLE_DEVICE" } : [],
        ];
}
