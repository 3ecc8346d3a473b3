using System.Reflection;
using System.Reflection.Emit;
using JobForge.Runtime.Execution;
using Orleans;
using Orleans.Concurrency;

namespace JobForge.Runtime.Proxies;

/// <summary>An emitted call class: <c>Result</c> is null for a call without a result.</summary>
internal sealed record CallType(Type Type, Type? Result, Type TaskType, bool IsValueTask);

/// <summary>Emits the class of one method's calls: a field for each argument, and the direct call of the method.</summary>
internal static class CallTypes
{
    public static string FieldName(int index) => $"Argument{index}";

    /// <exception cref="ArgumentException">No message can carry such a method.</exception>
    public static CallType Build(ProxyModule module, MethodInfo method)
    {
        Check(method);
        var isValueTask = method.ReturnType == typeof(ValueTask)
            || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>));
        var result = method.ReturnType.IsGenericType ? method.ReturnType.GenericTypeArguments[0] : null;
        var taskType = result is null ? typeof(Task) : typeof(Task<>).MakeGenericType(result);
        var baseType = result is null ? typeof(PlainCall) : typeof(ResultCall<>).MakeGenericType(result);
        foreach (var used in method.GetParameters().Select(one => one.ParameterType).Append(method.ReturnType).Append(method.DeclaringType!))
        {
            module.Open(used);
        }

        var type = module.DefineClass($"{method.DeclaringType!.FullName}.{method.Name}", baseType);
        var shape = type.DefineField("Shape", typeof(MethodShape), FieldAttributes.Public | FieldAttributes.Static);
        FieldBuilder[] fields =
            [.. method.GetParameters().Select((one, i) => type.DefineField(FieldName(i), one.ParameterType, FieldAttributes.Public))];
        DefineConstructor(type, baseType, shape);
        DefineInvoke(type, method, fields, isValueTask);
        DefineCopyArguments(type, method, fields);
        DefineToken(type, fields);
        if (result is not null && Copier.MayNeedCopy(result) && !method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            DefineCopyResult(type, result);
        }

        var built = type.CreateType();
        built.GetField("Shape")!.SetValue(null, ShapeOf(method));
        return new CallType(built, result, taskType, isValueTask);
    }

    private static void Check(MethodInfo method)
    {
        var isCarried = method.ReturnType == typeof(void) || method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask)
            || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() is var open
                && (open == typeof(Task<>) || open == typeof(ValueTask<>)));
        var parameters = method.GetParameters();
        if (!isCarried || method.IsSpecialName || method.IsGenericMethod || parameters.Any(one => one.ParameterType.IsByRef)
            || parameters.Count(one => one.ParameterType == typeof(CancellationToken)) > 1)
        {
            throw new ArgumentException(
                $"{method.DeclaringType}.{method.Name} cannot be a grain method here: it must return Task, Task<T>, ValueTask, ValueTask<T> or void, "
                + "have no type parameters, no ref parameters and at most one CancellationToken.",
                nameof(method));
        }
    }

    private static MethodShape ShapeOf(MethodInfo method) => new(method.DeclaringType!.Name, method.Name)
    {
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute), inherit: false),
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute), inherit: false),
        OneWay = method.ReturnType == typeof(void)
            || (!method.ReturnType.IsGenericType && method.IsDefined(typeof(OneWayAttribute), inherit: false)),
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout,
    };

    private static void DefineConstructor(TypeBuilder type, Type baseType, FieldBuilder shape)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, shape);
        il.Emit(OpCodes.Call, baseType.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single());
        il.Emit(OpCodes.Ret);
    }

    private static void DefineInvoke(TypeBuilder type, MethodInfo method, FieldBuilder[] fields, bool isValueTask)
    {
        var il = Override(type, typeof(GrainCall).GetMethod(nameof(GrainCall.Invoke))!);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (isValueTask)
        {
            var value = il.DeclareLocal(method.ReturnType);
            il.Emit(OpCodes.Stloc, value);
            il.Emit(OpCodes.Ldloca, value);
            il.Emit(OpCodes.Call, method.ReturnType.GetMethod(nameof(ValueTask.AsTask))!);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void DefineCopyArguments(TypeBuilder type, MethodInfo method, FieldBuilder[] fields)
    {
        var copied = method.GetParameters()
            .Where(one => Copier.MayNeedCopy(one.ParameterType) && !one.IsDefined(typeof(ImmutableAttribute), inherit: false))
            .Select(one => fields[one.Position])
            .ToArray();
        if (copied.Length == 0)
        {
            return;
        }

        var il = Override(type, typeof(GrainCall).GetMethod(nameof(GrainCall.CopyArguments))!);
        foreach (var field in copied)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Call, typeof(Copier).GetMethod(nameof(Copier.Copy))!.MakeGenericMethod(field.FieldType));
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void DefineToken(TypeBuilder type, FieldBuilder[] fields)
    {
        if (Array.Find(fields, field => field.FieldType == typeof(CancellationToken)) is not { } token)
        {
            return;
        }

        var property = typeof(GrainCall).GetProperty(nameof(GrainCall.Token))!;
        var get = Override(type, property.GetMethod!);
        get.Emit(OpCodes.Ldarg_0);
        get.Emit(OpCodes.Ldfld, token);
        get.Emit(OpCodes.Ret);
        var set = Override(type, property.SetMethod!);
        set.Emit(OpCodes.Ldarg_0);
        set.Emit(OpCodes.Ldarg_1);
        set.Emit(OpCodes.Stfld, token);
        set.Emit(OpCodes.Ret);
    }

    private static void DefineCopyResult(TypeBuilder type, Type result)
    {
        var il = Override(type, type.BaseType!.GetMethod(nameof(ResultCall<>.CopyResult))!);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, typeof(Copier).GetMethod(nameof(Copier.Copy))!.MakeGenericMethod(result));
        il.Emit(OpCodes.Ret);
    }

    private static ILGenerator Override(TypeBuilder type, MethodInfo method) =>
        type.DefineMethod(
            method.Name,
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            method.ReturnType,
            Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType)).GetILGenerator();
}
