export * from '../../domain/text/numbers'
