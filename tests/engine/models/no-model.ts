export default { forward: 'later' }
